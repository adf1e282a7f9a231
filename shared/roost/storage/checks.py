"""Check entries: who must be looked at in which minute. A small item per phone or account, no index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.instants import DAY, minute_start
from roost.storage.items import native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

CURSOR = {"pk": "SWEEP", "sk": "cursor"}


@dataclass(frozen=True, slots=True)
class Check:
    """`phone` None: the messages the account scheduled for this minute."""

    account: str
    phone: int | None = None


def put_check(table: Table, minute: str, check: Check) -> None:
    """Twice is once. `minute`: yyyymmddhhmm, UTC."""
    kind = "release" if check.phone is None else "phone"
    name = f"{kind}#{check.account}#{check.phone or ''}"
    table.put_item(Item={"pk": f"CHECK#{minute}", "sk": name, "ttl": (minute_start(minute) + 7 * DAY) // 1_000})


def checks_of(table: Table, minute: str) -> list[Check]:
    items = all_items(table, KeyConditionExpression=Key("pk").eq(f"CHECK#{minute}"))
    names = (str(item["sk"]).split("#") for item in items)
    return [Check(account, int(phone) if phone else None) for _, account, phone in names]


def swept_until(table: Table) -> str | None:
    """The last minute that was swept to its end."""
    item = table.get_item(Key=CURSOR, ConsistentRead=True).get("Item")
    return str(native(item)["minute"]) if item else None


def mark_swept(table: Table, minute: str) -> None:
    table.put_item(Item={**CURSOR, "minute": minute})
