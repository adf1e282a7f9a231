"""An account's messages, oldest first, page by page: for what is told anew."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, Key

from roost.domain import ids
from roost.domain.batches import BATCH_SHARD
from roost.domain.instants import DAY, day_of
from roost.domain.messages import Message
from roost.storage.messages import from_item
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def page_after(table: Table, account: str, after: int, until: int, limit: int) -> list[Message]:
    """Up to `limit` messages with ids above `after`, made up to the day of the instant `until`; none: that was all."""
    instant = ids.created_at(after)
    while day_of(instant) <= day_of(until):
        day, behind = day_of(instant), Key("sk").gt(f"{after:016d}")
        shards = (
            all_items(
                table,
                KeyConditionExpression=Key("pk").eq(f"A#{account}#{day}#{shard}") & behind,
                FilterExpression=Attr("peers").not_exists(),  # chunks of batches
                Limit=limit,
            )
            for shard in (ids.ONLY_SHARD, BATCH_SHARD)
        )
        found = list(islice(merge(*shards, key=lambda item: item["sk"]), limit))
        if found:
            return [from_item(item) for item in found]
        instant += DAY
    return []
