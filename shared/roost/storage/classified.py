"""How many replies of an account went to the classifier on a UTC day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.instants import DAY, day_of
from roost.storage.conditional import ConditionFailed, conditionally

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def take_one(table: Table, account: str, most: int, now: int) -> bool:
    """Counted before it is asked, so that no day ever costs more; False when the day's are used up."""
    try:
        conditionally(
            table.update_item,
            Key={"pk": f"A#{account}", "sk": f"classified#{day_of(now)}"},
            UpdateExpression="ADD used :one SET #ttl = :ttl",
            ConditionExpression=":most > :zero AND (attribute_not_exists(used) OR used < :most)",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":one": 1, ":zero": 0, ":most": most, ":ttl": (now + 2 * DAY) // 1_000},
        )
    except ConditionFailed:
        return False
    return True
