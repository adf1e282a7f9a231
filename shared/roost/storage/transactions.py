"""A message and the record that makes it happen once, written together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from roost.domain.instants import DAY
from roost.domain.messages import Message
from roost.storage.conditional import untyped
from roost.storage.items import Item, native
from roost.storage.messages import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP_IDEMPOTENCY_KEY = DAY
KEEP_INBOUND_RECORD = 90 * DAY
"""As long as a phone may offer an event again: an outbox is worked off within weeks, not months."""


class AlreadyRecorded(Exception):
    """The record exists: this request or event was served before. `record`: what it left."""

    def __init__(self, record: Item) -> None:
        super().__init__("the record exists")
        self.record = record


class MessageIdTaken(Exception):
    """Two messages drew one id; draw another."""


class Changed(Exception):
    """What a write was decided on is no longer so, and nothing is wrong with the request: decide again."""


class WriteConflict(Exception):
    """Somebody is writing the same items at this moment, or the table is full of writes; try again."""


@dataclass(frozen=True, slots=True)
class Write:
    """One member of a transaction. `request`: `{"Put": {...}}`, Update, Delete or ConditionCheck; `refused`: what a
    failed condition means, told from the item if the request asks for the old one (None: there is none).
    """

    request: Item
    refused: Callable[[Item | None], Exception]


def put_message_once(table: Table, message: Message, record: Item, now: int, *others: Write) -> None:
    """Write `message` and `record` (pk, sk, expires_at in ms and whatever should be found again) in one transaction.

    `others`: what must happen with them or not at all. Raises AlreadyRecorded, MessageIdTaken, WriteConflict and what
    the others raise. An expired record counts as absent: TTL deletes late.
    """
    commit(table, record_write(table, message.id, record, now), message_write(table, message), *others)


def message_write(table: Table, message: Message) -> Write:
    return Write(_put(table, to_item(message), "attribute_not_exists(pk)"), lambda _: MessageIdTaken())


def record_write(table: Table, message_id: int, record: Item, now: int) -> Write:
    kept = {**record, "message_id": message_id, "ttl": record["expires_at"] // 1_000}
    put = _put(table, kept, "attribute_not_exists(pk) OR expires_at <= :now", {":now": now})
    return Write(put, lambda item: AlreadyRecorded(item or {}))


def commit(table: Table, *writes: Write) -> None:
    """All of the writes or none. Raises what the first refused one says, or WriteConflict. `table` lends its client."""
    requests: Any = [write.request for write in writes]
    try:
        table.meta.client.transact_write_items(TransactItems=requests)
    except ClientError as error:
        raise _refusal(error, writes) from None


def _put(table: Table, item: Item, condition: str, values: Item | None = None) -> Item:
    put: Item = {
        "TableName": table.name,
        "Item": item,
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}


PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Reasons that say nothing about the items: the same transaction may go through a moment later."""


def _refusal(error: ClientError, writes: Sequence[Write]) -> Exception:
    if error.response["Error"]["Code"] != "TransactionCanceledException":
        return error
    response: Item = dict(error.response)
    reasons = response.get("CancellationReasons", [])
    for write, reason in zip(writes, reasons, strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            return write.refused(untyped(reason.get("Item")))
    return WriteConflict() if any(reason.get("Code") in PASSING for reason in reasons) else error


def find_record(table: Table, account: str, key_hash: str, now: int) -> Item | None:
    """What an earlier request with this Idempotency-Key left, unless it has expired."""
    answer = table.get_item(Key={"pk": idempotency_pk(account, key_hash), "sk": "idempotency"}, ConsistentRead=True)
    record: Item | None = native(answer.get("Item"))
    return record if record and record["expires_at"] > now else None


def idempotency_pk(account: str, key_hash: str) -> str:
    return f"A#{account}#I#{key_hash}"


def idempotency_record(
    account: str, key_hash: str, fingerprint: str, now: int, keep: int = KEEP_IDEMPOTENCY_KEY
) -> Item:
    return {
        "pk": idempotency_pk(account, key_hash),
        "sk": "idempotency",
        "fingerprint": fingerprint,
        "expires_at": now + keep,
    }


def inbound_record(account: str, phone: int, event_id: str, now: int) -> Item:
    return {
        "pk": f"A#{account}#E#{phone}",
        "sk": f"event#{event_id}",
        "expires_at": now + KEEP_INBOUND_RECORD,
    }
