"""The ledger of an account: a partition of lines that are only ever added, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.ledger import EntryKind, LedgerEntry
from roost.domain.messages import Message
from roost.storage.charges import CHARGED, REFUNDED
from roost.storage.items import Item, compact
from roost.storage.messages import key_of as message_key
from roost.storage.pages import all_items
from roost.storage.transactions import Changed, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


ORDER = (EntryKind.TOP_UP, EntryKind.ADJUSTMENT, EntryKind.CHARGE, EntryKind.REFUND, EntryKind.RECHARGE)
"""Of lines of one millisecond."""


def entry_id(at: int, kind: EntryKind, mark: int) -> str:
    """30 digits that order by time. `mark`: a message's id, or 48 random bits, for lines of the same millisecond."""
    return f"{at:013d}{ORDER.index(kind)}{mark:016d}"


def entry_write(table: Table, entry: LedgerEntry) -> Write:
    """Refused as Changed if the line exists."""
    item = compact({"pk": _partition(entry.account), "sk": entry.id, **asdict(entry), "note": entry.note or None})
    put = {"TableName": table.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    return Write({"Put": put}, lambda _: Changed())


def newest_entries(table: Table, account: str, limit: int, before: str | None) -> list[LedgerEntry]:
    """At most `limit` lines, newest first, older than the line `before`."""
    return list(islice(_entries(table, account, limit, before), limit))


def _entries(table: Table, account: str, page: int, before: str | None) -> Iterator[LedgerEntry]:
    condition = Key("pk").eq(_partition(account))
    condition = condition & Key("sk").lt(before) if before is not None else condition  # type: ignore[assignment]
    for item in all_items(
        table, KeyConditionExpression=condition, ScanIndexForward=False, Limit=page, ConsistentRead=True
    ):
        yield _entry_of(item)


def settle_write(table: Table, message: Message, *, refunded: bool) -> Write:
    """Refused as Changed if the message has moved on, or was settled by somebody else. Leaves its revision alone: who
    changes the message at the same time is not disturbed."""
    update = {
        "TableName": table.name,
        "Key": message_key(message.account, message.id),
        "UpdateExpression": "SET charge_state = :after",
        "ConditionExpression": "charge_state = :before AND #status = :status",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":after": REFUNDED if refunded else CHARGED,
            ":before": CHARGED if refunded else REFUNDED,
            ":status": message.status,
        },
    }
    return Write({"Update": update}, lambda _: Changed())


def _partition(account: str) -> str:
    return f"A#{account}#L"


def _entry_of(item: Item) -> LedgerEntry:
    known = {name: item[name] for name in LedgerEntry.__dataclass_fields__ if name in item}
    return LedgerEntry(**{**known, "kind": EntryKind(item["kind"])})
