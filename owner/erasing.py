"""Taking out of the tables what somebody has a right to have taken out: one recipient, or a whole account."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from owner.commands import Commands, account_argument
from owner.connection import stack_of
from owner.mentions import Number
from owner.recipient_rows import STOP, RowKind, kind_of, places_in, what_to_do
from owner.rows import Row
from owner.uploads import erase_uploads
from owner.whole_tables import belongs_to, key_of, tables_of, walk
from roost.domain.attachments import object_key
from roost.domain.batches import CHUNK_SERIAL, OPEN_LANES, index_of, is_of_batch
from roost.domain.errors import InvalidRequest, RoostError
from roost.domain.messages import FINAL
from roost.domain.phone_numbers import as_e164
from roost.runtime.deps import Deps
from roost.storage.accounts import key_of as own_row
from roost.storage.batches import lanes_of
from roost.storage.conditional import ConditionFailed, conditionally, write_changes
from roost.storage.items import Item
from roost.storage.recipients import forget_recipient
from roost.usecases.read_account import read_account


class StillOpen(RoostError):
    """Erasing a message that a phone may yet send would lose it; nothing was changed."""

    status, code, title = 409, "messages_open", "Messages to this number are open"


class NotConfirmed(RoostError):
    status, code, title = 400, "not_confirmed", "Not confirmed"


def add_commands(commands: Commands) -> None:
    erase = account_argument(
        commands.add("erase-recipient", "a number and what was said with it, from an account", _erase)
    )
    erase.add_argument("number", help="as +14155551234")
    erase.add_argument("--opt-out-too", action="store_true", help="forget a STOP as well: it may be texted again then")
    delete = account_argument(
        commands.add("delete-account", "an account and all that belongs to it, for good", _delete)
    )
    delete.add_argument("--yes", metavar="NAME", default="", help="its name, to show that you mean this one")


def _erase(deps: Deps, given: Namespace) -> list[Row]:
    """Who and what is gone of the recipient's rows, the mention alone of rows about others. Running it again finds the
    rest, also after it was broken off."""
    read_account(deps, given.account)
    e164 = as_e164(given.number)
    if e164 is None:
        raise InvalidRequest.of("number", "must be a phone number with its country code, for example +14155551234")
    number = Number(e164)
    found = [
        Found(name, item, kind, kind is not None and kind.is_theirs(item, number))
        for name, table in tables_of(deps).items()
        for item in walk(table)
        if belongs_to(item, given.account)
        for kind in (kind_of(name, item),)
        if number.is_in(item) or (kind is not None and kind.is_theirs(item, number))
    ]
    if any(row.is_theirs and _is_open(deps, row.item) for row in found):
        raise StillOpen("Cancel or await the messages to this number that have not ended, then run this again")
    done: Counter[tuple[str, str | None]] = Counter()
    for row in found:
        if row.is_theirs:
            _delete_media(given, list(_media_with(row.item)))  # first: the row says where it is
            _forget_places(deps, row.item, number)
        done[_take_out(deps, row, number, keeps_stop=not given.opt_out_too)] += 1
    done.update(erase_uploads(deps, stack_of(given.target), given.account, number))
    return [{"what": what, "items": count, "to do": todo} for (what, todo), count in sorted(done.items(), key=str)]


@dataclass(frozen=True, slots=True)
class Found:
    """A row that is the recipient's, or mentions the number. `kind` None: nobody's who was written to."""

    table: str
    item: Item
    kind: RowKind | None
    is_theirs: bool


def _is_open(deps: Deps, item: Item) -> bool:
    """A message that has not ended, a batch, or a page of one, from which phones may still claim."""
    if "peers" in item:
        lanes = lanes_of(deps.messages, item["account"], int(item["base"]))
        return any(lane.status in OPEN_LANES for lane in lanes)
    if "cursor" in item:
        return item["status"] in OPEN_LANES
    return "direction" in item and item["status"] not in FINAL


def _take_out(deps: Deps, row: Found, number: Number, *, keeps_stop: bool) -> tuple[str, str | None]:
    """What was done, in words, and what is left to do."""
    if row.kind is None:
        return f"kept: {number.without(row.item['sk'])} in {row.table}", what_to_do(row.item)
    if keeps_stop and row.kind.what == STOP and row.is_theirs:
        return f"kept: {STOP}", "it must not be texted again; --opt-out-too forgets that"
    if not row.is_theirs and _is_open(deps, row.item):
        return "kept: texts to others that have not ended", "run this again when they have"
    after = row.kind.theirs(row.item, number) if row.is_theirs else _without_mention(row.item, number)
    told = row.kind.what if row.is_theirs else f"{row.kind.what} of others, without the mention"
    written = _write(tables_of(deps)[row.table], row.item, after)
    return (told, None) if written else ("changed meanwhile", "run this again")


def _without_mention(item: Item, number: Number) -> Item:
    return {**number.without(item), **key_of(item)}


def _write(table: Any, before: Item, after: Item | None) -> bool:
    """False when somebody else wrote in between, or it expired."""
    try:
        if after is None:
            table.delete_item(Key=key_of(before))
        elif "revision" in before:
            write_changes(table, before, after)
        else:
            conditionally(table.put_item, Item=after, ConditionExpression="attribute_exists(pk)")
    except ConditionFailed:
        return False
    return True


def _forget_places(deps: Deps, item: Item, number: Number) -> None:
    """Where the number is found among the recipients of batches."""
    if "peers" in item:
        first = int(item["sk"]) & ~CHUNK_SERIAL
        ids = [first + place for place in places_in(item, number)]
        base = int(item["base"])
    elif "direction" in item and is_of_batch(int(item["id"])):  # texts that came in one request have a group as well
        ids, base = [int(item["id"])], int(item["group"])
    else:
        return
    forget_recipient(deps.messages, item["account"], base, number.e164, [index_of(base, each) for each in ids])


def _media_with(item: Item) -> Iterator[str]:
    for part in item.get("parts_in", ()):
        yield object_key(item["account"], int(item["phone"]), part["id"])


def _delete(deps: Deps, given: Namespace) -> list[Row]:
    """Keys first: from then on nobody writes what this does not see. The account's own row last: while that is there,
    running it again deletes what is left."""
    name = read_account(deps, given.account).account.name
    if given.yes != name:
        raise NotConfirmed(f"This deletes {given.account} for good. If you mean it: --yes {shlex.quote(name)}")
    gone: Counter[str] = Counter()
    for table_name in sorted(tables_of(deps), key=lambda table: (table != "keys", table == "accounts")):
        table = tables_of(deps)[table_name]
        for item in walk(table):
            if belongs_to(item, given.account) and key_of(item) != own_row(given.account):
                table.delete_item(Key=key_of(item))
                gone[table_name] += 1
    gone["media"] = _delete_media(given, _media_of(given))
    deps.accounts.delete_item(Key=own_row(given.account))
    gone["accounts"] += 1
    return [{"what": what, "deleted": count} for what, count in gone.items()]


def _media_of(given: Namespace) -> list[str]:
    stack = stack_of(given.target)
    pages = stack.client("s3").get_paginator("list_objects_v2")
    wanted = {"Bucket": stack.resources["MediaBucket"], "Prefix": f"{given.account}/"}
    return [entry["Key"] for page in pages.paginate(**wanted) for entry in page.get("Contents", [])]


def _delete_media(given: Namespace, keys: list[str]) -> int:
    if keys:
        stack = stack_of(given.target)
        client, bucket = stack.client("s3"), stack.resources["MediaBucket"]
        for key in keys:
            client.delete_object(Bucket=bucket, Key=key)
    return len(keys)
