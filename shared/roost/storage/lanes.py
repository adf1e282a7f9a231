"""What is written about lanes: a batch comes into being, a claim moves a cursor, a lane is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.batches import Lane
from roost.storage.batches import lane_item
from roost.storage.conditional import ConditionFailed, changes_between, write_changes
from roost.storage.items import Item
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class LaneMoved(Exception):
    """Somebody claimed from the lane, or closed it, since it was read."""


class LaneExists(Exception):
    """The batch is there: the transaction that should write it has happened."""


def new_lane_write(table: Table, lane: Lane) -> Write:
    put: Item = {
        "TableName": table.name,
        "Item": lane_item(lane),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Write({"Put": put}, lambda _: LaneExists())


def lane_change_write(table: Table, before: Lane, after: Lane) -> Write:
    """For a transaction; refused as LaneMoved."""
    update = changes_between(lane_item(before), lane_item(after))
    request = {"TableName": table.name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **update}
    return Write({"Update": request}, lambda _: LaneMoved())


def phone_write(table: Table, update: Item) -> Write:
    """The write of a phone's item (`phone_update`) as part of a transaction; refused as ConditionFailed."""
    request = {"TableName": table.name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **update}
    return Write({"Update": request}, ConditionFailed)


def change_lane(table: Table, before: Lane, after: Lane) -> None:
    """Raises ConditionFailed if `before` is no longer what is stored."""
    write_changes(table, lane_item(before), lane_item(after))
