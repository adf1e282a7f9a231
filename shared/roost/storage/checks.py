"""Check entries: who must be looked at in which minute. A small item per phone or account, no index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from boto3.dynamodb.conditions import Key

from roost.domain.instants import DAY, MINUTE, minute_of, minute_start
from roost.storage.items import compact
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

CURSOR = {"pk": "SWEEP", "sk": "cursor"}


@dataclass(frozen=True, slots=True)
class Check:
    """A phone of an account, what the account scheduled for `minute`, a batch by its id, a webhook endpoint, a
    campaign, an import of contacts, a location of HighLevel, or whether its phones are there (`watch`)."""

    account: str
    phone: int | None = None
    minute: str | None = None
    batch: int | None = None
    webhook: str | None = None
    watch: bool = False
    campaign: int | None = None
    contact_import: int | None = None
    highlevel: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sweep has come: `minute` to its end, or up to the entry `after` when it ran out of time."""

    minute: str
    after: str | None = None


def put_check(table: Table, minute: str, check: Check, *, ahead: bool = False) -> None:
    """Twice is once. `minute`: yyyymmddhhmm, UTC. `ahead`: it is there before that minute is looked at."""
    ttl = (minute_start(minute) + 7 * DAY) // 1_000
    known = {"ahead": True} if ahead else {}
    table.put_item(Item={"pk": f"CHECK#{minute}", "sk": _name_of(check), "ttl": ttl, **known})


def look_again(table: Table, check: Check, now: int, every: int) -> None:
    """Once more, within `every` milliseconds after the next minute."""
    put_check(table, minute_of(next_turn(check, now, every)), check, ahead=True)


def next_turn(check: Check, now: int, every: int) -> int:
    """The instants `every` milliseconds apart at which something is looked at, each thing at its own: whatever plans
    looks at it comes to the same ones, so that they do not grow in number."""
    shift = crc32(_name_of(check).encode()) * MINUTE % every
    return (now + MINUTE - shift) // every * every + every + shift


def checks_of(
    table: Table, minute: str, after: str | None = None, *, late: bool = False
) -> Iterator[tuple[str, Check]]:
    """The entries of a minute behind the one named `after`, each with its own name, in a fixed order. `late`: only what
    may have been written after the minute was looked at."""
    in_minute = Key("pk").eq(f"CHECK#{minute}") & Key("sk").gt(after or " ")
    for item in all_items(table, KeyConditionExpression=in_minute):
        if not (late and item.get("ahead")):
            yield item["sk"], _check_named(item["sk"])


def read_progress(table: Table) -> Progress | None:
    item = table.get_item(Key=CURSOR, ConsistentRead=True).get("Item")
    return Progress(str(item["minute"]), str(item["after"]) if "after" in item else None) if item else None


def mark_progress(table: Table, progress: Progress) -> None:
    table.put_item(Item=compact({**CURSOR, "minute": progress.minute, "after": progress.after}))


def _name_of(check: Check) -> str:
    if check.phone is not None:
        return f"phone#{check.account}#{check.phone}"
    if check.batch is not None:
        return f"batch#{check.account}#{check.batch}"
    if check.contact_import is not None:
        return f"import#{check.account}#{check.contact_import}"
    if check.campaign is not None:
        return f"campaign#{check.account}#{check.campaign}"
    if check.webhook is not None:
        return f"webhook#{check.account}#{check.webhook}"
    if check.highlevel is not None:
        return f"highlevel#{check.account}#{check.highlevel}"
    if check.watch:
        return f"watch#{check.account}#phones"
    return f"release#{check.account}#{check.minute}"


def _check_named(name: str) -> Check:
    kind, account, which = name.split("#")
    if kind == "phone":
        return Check(account, int(which))
    if kind == "batch":
        return Check(account, batch=int(which))
    if kind == "import":
        return Check(account, contact_import=int(which))
    if kind == "campaign":
        return Check(account, campaign=int(which))
    if kind == "webhook":
        return Check(account, webhook=which)
    if kind == "highlevel":
        return Check(account, highlevel=which)
    return Check(account, watch=True) if kind == "watch" else Check(account, minute=which)
