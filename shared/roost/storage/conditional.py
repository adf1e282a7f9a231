"""Writes that happen only if a condition holds, and tell what stood there instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

from roost.storage.items import Item, native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

DESERIALIZER = TypeDeserializer()


class ConditionFailed(Exception):
    """`item`: what the table holds, read by the failed write itself; None if there is nothing."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("the condition of a write did not hold")
        self.item = item


class Throttled(Exception):
    """The table took no more writes, however often the SDK tried."""


THROTTLING = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})


@contextmanager
def telling_throttling() -> Iterator[None]:
    """Raises Throttled instead of the SDK's error."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in THROTTLING:
            raise Throttled from None
        raise


def conditionally(write: Callable[..., Any], **parameters: Any) -> Item:
    """Run `table.put_item` or `table.update_item`; the returned attributes. Raises ConditionFailed."""
    try:
        answer = write(ReturnValuesOnConditionCheckFailure="ALL_OLD", **parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        response: Item = dict(error.response)
        raise ConditionFailed(untyped(response.get("Item"))) from None
    attributes: Item = native(answer.get("Attributes", {}))
    return attributes


def untyped(item: Mapping[str, Any] | None) -> Item | None:
    """An error's item comes in DynamoDB's own typed form; the resource layer does not translate errors."""
    return {name: native(DESERIALIZER.deserialize(value)) for name, value in item.items()} if item else None


def write_changes(table: Table, before: Item, after: Item) -> None:
    """Write only what differs between two versions of one item. Raises ConditionFailed with the fresh item if somebody
    wrote in between."""
    conditionally(table.update_item, **changes_between(before, after))


def changes_between(before: Item, after: Item) -> Item:
    """The parameters of the update from one version of an item to the next, if it is still at that `revision`.

    Attributes neither version knows stay untouched, so older code does not erase what newer code added.
    """
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    changed["revision"] = before["revision"] + 1
    gone = [name for name in before if name not in after]
    names = {f"#{index}": name for index, name in enumerate([*changed, *gone])}
    setting = ", ".join(f"#{index} = :{index}" for index in range(len(changed)))
    removing = " REMOVE " + ", ".join(f"#{len(changed) + index}" for index in range(len(gone))) if gone else ""
    values = {f":{index}": value for index, value in enumerate(changed.values())}
    return {
        "Key": {"pk": before["pk"], "sk": before["sk"]},
        "UpdateExpression": f"SET {setting}{removing}",
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": names | {"#revision": "revision"},
        "ExpressionAttributeValues": values | {":revision": before["revision"]},
    }
