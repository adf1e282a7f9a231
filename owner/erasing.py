"""Taking out of the tables what somebody has a right to have taken out: one recipient, or a whole account."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable
from typing import Any

from owner.commands import Commands, account_argument
from owner.connection import stack_of
from owner.rows import Row
from owner.whole_tables import belongs_to, key_of, tables_of, walk
from roost.domain.attachments import object_key
from roost.domain.batches import OPEN_LANES
from roost.domain.errors import InvalidRequest, RoostError
from roost.domain.messages import FINAL
from roost.domain.phone_numbers import as_e164
from roost.runtime.deps import Deps
from roost.storage.batches import lanes_of
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item
from roost.usecases.read_account import read_account

ERASED = "erased"
"""Instead of a number. No number is spelled so, and nothing can be sent to it."""

KEPT_WITH_THE_NUMBER = ("opt-out#",)
"""Who answered STOP must not be texted again: that the number is remembered for this is what the law asks for."""

SAYS_WHAT = frozenset({"text", "secret_text", "answer", "attachments", "parts_in", "error", "notes", "sender_id"})


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
    """Rows stay, so that counts and money still add up; who and what is gone. Running it again finds the rest."""
    read_account(deps, given.account)
    number = as_e164(given.number)
    if number is None:
        raise InvalidRequest.of("number", "must be a phone number with its country code, for example +14155551234")
    found = [
        (name, item)
        for name, table in tables_of(deps).items()
        for item in walk(table)
        if belongs_to(item, given.account) and _mentions(item, number)
    ]
    if any(_is_open(deps, item) for _, item in found):
        raise StillOpen("Cancel or await the messages to this number that have not ended, then run this again")
    done: Counter[str] = Counter()
    for name, item in found:
        if str(item["sk"]).startswith(KEPT_WITH_THE_NUMBER) and not given.opt_out_too:
            done["kept: its STOP"] += 1
        else:
            done[_take_out(tables_of(deps)[name], item, number)] += 1
    _delete_media(given, [key for _, item in found for key in _media_with(item)])
    return [{"what": what, "items": count} for what, count in sorted(done.items())]


def _mentions(value: Any, number: str) -> bool:
    """Anywhere in an item: whoever adds an attribute need not think of this."""
    if isinstance(value, dict):
        return any(_mentions(member, number) for member in value.values())
    if isinstance(value, (list, set, frozenset)):
        return any(_mentions(member, number) for member in value)
    return isinstance(value, str) and (number in value or as_e164(value) == number)


def _is_open(deps: Deps, item: Item) -> bool:
    """A message that has not ended, or a page of a batch from which phones may still claim."""
    if "peers" in item:
        lanes = lanes_of(deps.messages, item["account"], int(item["base"]))
        return any(lane.status in OPEN_LANES for lane in lanes)
    return "direction" in item and item["status"] not in FINAL


def _take_out(table: Any, item: Item, number: str) -> str:
    """What was done, in words."""
    if "direction" in item:
        kept = {name: value for name, value in item.items() if name not in SAYS_WHAT and not _mentions(value, number)}
        changed = {**kept, "peer": ERASED, "text": ""}
    elif "peers" in item:
        places = [place for place, peer in enumerate(item["peers"]) if peer == number]
        changed = {**item, **{name: _blanked(item[name], places, name) for name in ("peers", "texts") if name in item}}
    else:
        table.delete_item(Key=key_of(item))
        return "deleted"
    try:
        conditionally(table.put_item, Item=changed, ConditionExpression="attribute_exists(pk)")
    except ConditionFailed:
        return "expired meanwhile"
    return "messages without their number and text"


def _media_with(item: Item) -> Iterable[str]:
    for part in item.get("parts_in", ()):
        yield object_key(item["account"], int(item["phone"]), part["id"])


def _blanked(column: list[str], places: Iterable[int], name: str) -> list[str]:
    return [
        (ERASED if name == "peers" else "") if place in set(places) else value for place, value in enumerate(column)
    ]


def _delete(deps: Deps, given: Namespace) -> list[Row]:
    """Keys first: from then on nobody writes what this does not see. Running it again deletes what is left."""
    name = read_account(deps, given.account).account.name
    if given.yes != name:
        raise NotConfirmed(f"This deletes {given.account} for good. If you mean it: --yes {name!r}")
    gone: Counter[str] = Counter()
    for table_name in sorted(tables_of(deps), key=lambda table: (table != "keys", table == "accounts")):
        table = tables_of(deps)[table_name]
        for item in walk(table):
            if belongs_to(item, given.account):
                table.delete_item(Key=key_of(item))
                gone[table_name] += 1
    gone["media"] = _delete_media(given, _media_of(given))
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
