"""The states of a batch's messages, without their texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.batches import BATCH_SHARD, id_at
from roost.domain.instants import DAY, day_of, day_start
from roost.domain.messages import MessageStatus
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def states_of_batch(table: Table, account: str, base: int, count: int) -> Iterator[tuple[MessageStatus, str | None]]:
    """Status and error name of every message of a batch that is an item. Some 0.06 read units each."""
    last = id_at(base, count - 1)
    day = day_start(ids.created_at(base))
    while day <= ids.created_at(last):
        within = Key("pk").eq(f"A#{account}#{day_of(day)}#{BATCH_SHARD}") & Key("sk").between(
            f"{base:016d}", f"{last:016d}"
        )
        for item in all_items(
            table,
            KeyConditionExpression=within,
            ProjectionExpression="#status, #error.#name",
            ExpressionAttributeNames={"#status": "status", "#error": "error", "#name": "name"},
        ):
            if "status" in item:
                yield MessageStatus(item["status"]), item.get("error", {}).get("name")
        day += DAY
