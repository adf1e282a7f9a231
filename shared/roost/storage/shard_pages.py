"""One shard of an account, newest first: USSD requests and missed calls lie beside the messages, each in its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.instants import DAY, day_of
from roost.domain.messages import Message
from roost.storage.messages import from_item
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PAGE = 100


def shard_newest_first(table: Table, account: str, shard: int, below: int, oldest: int) -> Iterator[Message]:
    """With an id under `below`, back to the UTC day of the instant `oldest`; days without any cost one read each."""
    instant = ids.created_at(below)
    while day_of(instant) >= day_of(oldest):
        in_day = Key("pk").eq(f"A#{account}#{day_of(instant)}#{shard}") & Key("sk").lt(f"{below:016d}")
        for item in all_items(table, KeyConditionExpression=in_day, ScanIndexForward=False, Limit=PAGE):
            yield from_item(item)
        instant -= DAY
