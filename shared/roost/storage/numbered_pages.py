"""Numbered pages of what was sent: first which messages there are, by id alone, then those of one page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, Key

from roost.domain import ids
from roost.domain.batches import BATCH_SHARD
from roost.domain.instants import DAY, day_of
from roost.domain.messages import Direction, Message, MessageStatus
from roost.storage.items import native
from roost.storage.messages import from_item, key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def sent_ids(
    table: Table, account: str, statuses: Collection[MessageStatus] | None, newest: int, oldest: int, most: int
) -> list[int]:
    """Ids of outgoing messages in one of `statuses` (None: any), newest first, from the day of `newest` to that of
    `oldest`, both in ms. Stops after `most` messages of either direction: 10,000 cost about 600 read units.
    """
    found: list[int] = []
    wanted = Attr("direction").eq(Direction.OUT)
    if statuses is not None:
        wanted = wanted & Attr("status").is_in(sorted(statuses))  # type: ignore[assignment]
    day = newest
    while day_of(day) >= day_of(oldest) and most > 0:
        of_day: list[int] = []
        for shard in (ids.ONLY_SHARD, BATCH_SHARD):  # a chunk of a batch has no direction
            for answer in _pages_of_day(table, account, day, shard, wanted, most):
                of_day += [int(str(item["sk"])) for item in answer["Items"]]
                most -= answer["ScannedCount"]
        found += sorted(of_day, reverse=True)
        day -= DAY
    return found


def _pages_of_day(table: Table, account: str, instant: int, shard: int, wanted: Any, most: int) -> Iterator[Any]:
    """DynamoDB's pages of at most 1 MB, until `most` messages are examined."""
    query: dict[str, Any] = {
        "KeyConditionExpression": Key("pk").eq(key_of(account, ids.message_id(instant, 0, shard))["pk"]),
        "FilterExpression": wanted,
        "ProjectionExpression": "sk",
        "ScanIndexForward": False,
    }
    while most > 0:
        answer = table.query(**query, Limit=most)
        yield answer
        most -= answer["ScannedCount"]
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def get_messages(table: Table, account: str, message_ids: Sequence[int]) -> list[Message]:
    """At most 100, in the order of their ids; half a read unit for each 4 KB. One that is gone is left out."""
    found: dict[int, Message] = {}
    asked: Any = {table.name: {"Keys": [key_of(account, message_id) for message_id in message_ids]}}
    while asked.get(table.name, {}).get("Keys"):
        answer = table.meta.client.batch_get_item(RequestItems=asked)
        for item in answer["Responses"].get(table.name, ()):
            message = from_item(native(item))
            found[message.id] = message
        asked = answer.get("UnprocessedKeys", {})
    return [found[message_id] for message_id in message_ids if message_id in found]
