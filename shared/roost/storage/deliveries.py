"""What an endpoint is owed, in the order of its numbers, and the log of what was attempted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.deliveries import Attempt, Outcome
from roost.domain.retention import KEEP_LOG, KEEP_OWED
from roost.domain.webhooks import Endpoint, Event, EventType
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ATTEMPTS_PER_ITEM = 20
"""Attempts of one batch share an item: a kilobyte of short answers is one write unit."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An event that waits for its endpoint. `tries`: how often it was attempted since it is owed."""

    sequence: int
    event: Event
    tries: int = 0


@dataclass(frozen=True, slots=True)
class LogEntry:
    """`key`: of the item, by which pages go on; `index`: of the attempt within it."""

    key: str
    index: int
    attempt: Attempt


def partition_of(account: str, endpoint: str) -> str:
    return f"A#{account}#E#{endpoint}"


def put_owed(table: Table, endpoint: Endpoint, owed: Sequence[Owed], now: int) -> None:
    """Twice is once: an event is owed under its number."""
    with table.batch_writer() as batch:
        for entry in owed:
            batch.put_item(Item=_owed_item(endpoint, entry, now))


def list_owed(table: Table, endpoint: Endpoint, limit: int) -> list[Owed]:
    """The first `limit` events an endpoint is owed. Consistent: whoever ends an episode must see the last write."""
    owed = Key("pk").eq(partition_of(endpoint.account, endpoint.id)) & Key("sk").begins_with("owed#")
    answer = table.query(KeyConditionExpression=owed, Limit=limit, ConsistentRead=True)
    return [_owed(native(item)) for item in answer["Items"]]


def count_try(table: Table, endpoint: Endpoint, owed: Owed) -> None:
    """Of a debt that another has settled meanwhile nothing is left to count."""
    try:
        conditionally(
            table.update_item,
            Key=_owed_key(endpoint, owed.sequence),
            UpdateExpression="SET tries = :tries",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":tries": owed.tries + 1},
        )
    except ConditionFailed:
        return


def settle_owed(table: Table, endpoint: Endpoint, owed: Owed) -> None:
    table.delete_item(Key=_owed_key(endpoint, owed.sequence))


def put_attempts(table: Table, endpoint: Endpoint, attempts: Sequence[Attempt], nonce: str, now: int) -> None:
    """One item for up to 20 attempts. `nonce` tells two batches of one millisecond apart."""
    for start in range(0, len(attempts), ATTEMPTS_PER_ITEM):
        part = attempts[start : start + ATTEMPTS_PER_ITEM]
        item: Item = {
            "pk": partition_of(endpoint.account, endpoint.id),
            "sk": f"attempt#{part[0].at:013d}#{nonce}{start:04d}",
            "attempts": [compact({**asdict(attempt), "outcome": compact(asdict(attempt.outcome))}) for attempt in part],
            "ttl": (now + KEEP_LOG) // 1_000,
        }
        table.put_item(Item=item)


def list_attempts(table: Table, endpoint: Endpoint, limit: int, below: str | None = None) -> tuple[list[LogEntry], str]:
    """Newest first: the attempts of up to `limit` items under the key `below`, and the key to go on from ("": none)."""
    of_endpoint = Key("pk").eq(partition_of(endpoint.account, endpoint.id))
    newest = "attempt#~"
    answer = table.query(
        KeyConditionExpression=of_endpoint & Key("sk").between("attempt#", below or newest),
        ScanIndexForward=False,
        Limit=limit + 2,  # the one named `below` comes back, too
    )
    items = [native(item) for item in answer["Items"] if item["sk"] != below]
    entries = [entry for item in items[:limit] for entry in reversed(_entries(item))]
    return entries, items[limit - 1]["sk"] if len(items) > limit else ""


def find_attempt(table: Table, endpoint: Endpoint, key: str, index: int) -> Attempt | None:
    answer = table.get_item(Key={"pk": partition_of(endpoint.account, endpoint.id), "sk": key})
    entries = _entries(native(answer["Item"])) if "Item" in answer else []
    return entries[index].attempt if index < len(entries) else None


def _owed_key(endpoint: Endpoint, sequence: int) -> dict[str, str]:
    return {"pk": partition_of(endpoint.account, endpoint.id), "sk": f"owed#{sequence:016d}"}


def _owed_item(endpoint: Endpoint, owed: Owed, now: int) -> Item:
    return {
        **_owed_key(endpoint, owed.sequence),
        "sequence": owed.sequence,
        "event": event_item(owed.event),
        "tries": owed.tries,
        "ttl": (now + KEEP_OWED) // 1_000,
    }


def _owed(item: Item) -> Owed:
    return Owed(item["sequence"], event_of(item["event"]), item["tries"])


def event_item(event: Event) -> Item:
    return {"id": event.id, "type": event.type, "account": event.account, "at": event.at, "data": dict(event.data)}


def event_of(item: Item) -> Event:
    return Event(item["id"], EventType(item["type"]), item["account"], item["at"], item["data"])


def _entries(item: Item) -> list[LogEntry]:
    return [LogEntry(item["sk"], index, _attempt(entry)) for index, entry in enumerate(item["attempts"])]


def _attempt(item: Item) -> Attempt:
    known: dict[str, Any] = {**item, "outcome": Outcome(**item["outcome"])}
    return Attempt(**known)
