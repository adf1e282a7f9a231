"""When a key sent through tools, for its hourly limit: an item beside the counters of the key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from roost.domain.instants import HOUR, SECOND
from roost.storage.conditional import conditionally
from roost.storage.items import native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def sends_key(account: str, key_id: str) -> dict[str, str]:
    return {"pk": f"U#{account}#{key_id}", "sk": "agent"}


def get_sends(table: Table, account: str, key_id: str) -> tuple[int, ...]:
    """Instants in ms; empty for a key that never sent so, or not for an hour."""
    item = table.get_item(Key=sends_key(account, key_id), ConsistentRead=True).get("Item")
    return tuple(native(item)["sent_at"]) if item else ()


def replace_sends(table: Table, account: str, key_id: str, before: Sequence[int], after: Sequence[int]) -> None:
    """Raises ConditionFailed if another request of the key was counted in between."""
    unchanged = "sent_at = :before" if before else "attribute_not_exists(pk)"
    conditionally(
        table.update_item,
        Key=sends_key(account, key_id),
        UpdateExpression="SET sent_at = :after, #ttl = :ttl",
        ConditionExpression=unchanged,
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={
            ":after": list(after),
            ":ttl": (max(after) + HOUR) // SECOND,
            **({":before": list(before)} if before else {}),
        },
    )
