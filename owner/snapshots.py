"""A stack's data in one file, and back into an empty stack."""

from __future__ import annotations

import gzip
import json
import zlib
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from owner.commands import Commands
from owner.migrations import FIRST as FIRST_SCHEMA
from owner.migrations import NEWEST, schema_version, set_schema_version
from owner.rows import Row
from owner.whole_tables import belongs_to, tables_of, typed, untyped, walk
from roost.domain.batches import OPEN_LANES, LaneStatus
from roost.domain.campaigns import MAY_BECOME, Campaign, CampaignStatus
from roost.domain.campaigns import moved as moved_campaign
from roost.domain.errors import RoostError
from roost.domain.instants import rfc3339
from roost.domain.messages import FINAL, Message, MessageStatus, moved, noted
from roost.runtime.deps import Deps
from roost.storage import campaigns
from roost.storage.accounts import EVERY_ACCOUNT, account_ids
from roost.storage.batches import lane_item, lane_of
from roost.storage.items import Item, native
from roost.storage.messages import from_item, to_item
from roost.usecases.read_account import read_account

FIRST, SECOND, LAST = range(3)
"""Endpoints come back behind the messages they were told of long ago. The list of accounts comes at the very end: a
stack without it counts as empty, so a restore that was broken off may be run again."""


class RestoreRefused(RoostError):
    """The file or the stack is not fit for it; nothing was written."""

    status, code, title = 409, "restore_refused", "Not restored"


def add_commands(commands: Commands) -> None:
    export = commands.add("export", "everything in the tables, or one account of it, into a file", _export)
    export.add_argument("file", type=Path, help="ends with .jsonl.gz; readable by you only: it holds texts and numbers")
    export.add_argument("--account", help="only this one")
    restore = commands.add("restore", "an export into a stack that has no accounts yet", _restore)
    restore.add_argument("file", type=Path)
    restore.add_argument(
        "--nothing-was-sent-since",
        action="store_true",
        help="no phone ran since the export: messages that were open go on. Otherwise they end as unknown, because "
        "nobody knows whether they were sent, and none is ever sent twice",
    )


def _export(deps: Deps, given: Namespace) -> list[Row]:
    """A file of that name stays as it is until the new one is whole."""
    if given.account is not None:
        read_account(deps, given.account)
    partial = given.file.with_name(f"{given.file.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    counts = _write(deps, partial, given.account)
    partial.replace(given.file)
    return _counted(deps, counts)


def _write(deps: Deps, path: Path, account: str | None) -> Counter[str]:
    """`newest`: of the code that writes, because a stack that was never migrated has no number of its own."""
    counts: Counter[str] = Counter()
    about = {"roost": "export", "schema": schema_version(deps), "newest": NEWEST, "at": deps.now(), "account": account}
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps(about) + "\n")
        for name, table in tables_of(deps).items():
            for item in walk(table):
                if account is None or belongs_to(item, account):
                    file.write(json.dumps({"table": name, "item": typed(item)}, ensure_ascii=False) + "\n")
                    counts[name] += 1
        file.write(json.dumps({"items": counts.total()}) + "\n")
    return counts


def _restore(deps: Deps, given: Namespace) -> list[Row]:
    """The schema is the file's from its first item on: `migrate` then changes what is older than this version."""
    if any(True for _ in account_ids(deps.accounts)):
        raise RestoreRefused("This stack has accounts: restore into a new one, so that nothing is overwritten")
    about = _checked(given.file)
    set_schema_version(deps, about["schema"])
    counts: Counter[str] = Counter()
    for turn in (FIRST, SECOND, LAST):
        for name, item in _items(given.file):
            if _turn_of(name, item) == turn:
                put_back = item if given.nothing_was_sent_since else _ended(deps, name, item, about["at"])
                tables_of(deps)[name].put_item(Item=_marked(deps, name, put_back))
                counts[name] += 1
    return _counted(deps, counts)


def _turn_of(table: str, item: Item) -> int:
    if item["pk"] == EVERY_ACCOUNT:
        return LAST
    return SECOND if table == "webhooks" else FIRST


def _checked(file: Path) -> dict[str, Any]:
    """Its first line; raises RestoreRefused unless the file is an export, whole, and of a schema known here."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            about = last = json.loads(next(lines))
            count = 0
            for count, last in enumerate(map(json.loads, lines)):  # noqa: B007 - the last has the count of those before
                pass
    except (OSError, EOFError, StopIteration, ValueError, zlib.error) as error:
        raise RestoreRefused(f"{file} cannot be read as an export: {error}") from None
    if not (isinstance(about, dict) and about.get("roost") == "export" and last.get("items") == count):
        raise RestoreRefused(f"{file} is no whole export")
    written_as = max(about["schema"], about.get("newest", FIRST_SCHEMA))
    if written_as > NEWEST:
        raise RestoreRefused(
            f"{file} is of schema {written_as}, and this version of Roost knows {NEWEST} at most: restore it with the "
            "version that made it, or a newer one"
        )
    return about


def _items(file: Path) -> Iterator[tuple[str, Item]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            parsed = json.loads(line)
            if "table" in parsed:
                yield parsed["table"], untyped(parsed["item"])


def _ended(deps: Deps, table: str, item: Item, exported_at: int) -> Item:
    """What was open when it was exported may have left since: it ends where nothing is sent again."""
    if table == "contacts" and campaigns.is_campaign(item):
        return _canceled(campaigns.from_item(native(item)), item, deps.now())
    if table != "messages":
        return item
    if "cursor" in item:
        return _closed(item, deps.now()) if item["status"] in OPEN_LANES else item
    if "direction" not in item:
        return item
    message = from_item(native(item))
    if message.status in FINAL:
        return item
    return _without_queue(item) | to_item(_unknown(message, deps.now(), exported_at))


def _canceled(campaign: Campaign, item: Item, now: int) -> Item:
    """Its next pages may have been written since, so nobody may resume it either. A draft was sent to nobody."""
    if campaign.status is CampaignStatus.DRAFT or CampaignStatus.CANCELED not in MAY_BECOME[campaign.status]:
        return item
    return item | campaigns.to_item(moved_campaign(campaign, CampaignStatus.CANCELED, now))


def _closed(item: Item, now: int) -> Item:
    """As a cancellation would: its stream record has the rest of its messages written out."""
    lane = replace(lane_of(native(item)), status=LaneStatus.CANCELED, closed_at=now)
    return _without_queue(item) | lane_item(lane)


def _unknown(message: Message, now: int, exported_at: int) -> Message:
    note = f"restored from an export of {rfc3339(exported_at)}; whether it was sent since then is not known"
    return noted(moved(message, MessageStatus.UNKNOWN, now), now, note)


def _without_queue(item: Item) -> Item:
    """Attributes that only the file knows stay."""
    return {name: value for name, value in item.items() if not name.startswith("queue_")}


def _marked(deps: Deps, table: str, item: Item) -> Item:
    """Its stream record then tells nobody what was told long ago."""
    return {**item, "restored_at": deps.now()} if table == "messages" else item


def _counted(deps: Deps, counts: Counter[str]) -> list[Row]:
    return [{"table": name, "items": counts[name]} for name in tables_of(deps)]
