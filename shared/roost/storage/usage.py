"""Days whose messages have been counted: one item each, so that they are read once and never again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.instants import day_of
from roost.domain.usage import DayUsage, Tally
from roost.storage.items import Item, compact
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def _partition(account: str) -> str:
    return f"A#{account}#USE"


def put_day(table: Table, account: str, usage: DayUsage) -> None:
    """Two that count one day at once find the same: whichever is written last is true, if less complete."""
    phones = {str(number): {**asdict(tally), "delivered_within": list(tally.delivered_within)}
              for number, tally in usage.phones.items()}  # fmt: skip
    item = {"pk": _partition(account), "sk": day_of(usage.day), "day": usage.day, "phones": phones}
    table.put_item(Item=compact({**item, "below": usage.below}))


def days_from(table: Table, account: str, first: int) -> dict[int, DayUsage]:
    """By the first instant of the day."""
    condition = Key("pk").eq(_partition(account)) & Key("sk").gte(day_of(first))
    days = [_from_item(item) for item in all_items(table, KeyConditionExpression=condition)]
    return {usage.day: usage for usage in days}


def _from_item(item: Item) -> DayUsage:
    phones = {
        int(number): Tally(**{**tally, "delivered_within": tuple(tally["delivered_within"])})
        for number, tally in item.get("phones", {}).items()
    }
    return DayUsage(item["day"], phones, item.get("below"))
