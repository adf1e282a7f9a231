"""An account's messages, oldest first, page by page: for what is told anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.instants import DAY, day_of
from roost.domain.messages import Message
from roost.storage.items import native
from roost.storage.messages import from_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def page_after(table: Table, account: str, after: int, until: int, limit: int) -> list[Message]:
    """Up to `limit` messages with ids above `after`, made up to the day of the instant `until`; none: that was all."""
    instant = ids.created_at(after)
    while day_of(instant) <= day_of(until):
        in_day = Key("pk").eq(f"A#{account}#{day_of(instant)}#{ids.ONLY_SHARD}") & Key("sk").gt(f"{after:016d}")
        answer = table.query(KeyConditionExpression=in_day, Limit=limit)
        if answer["Items"]:
            return [from_item(native(item)) for item in answer["Items"]]
        instant += DAY
    return []
