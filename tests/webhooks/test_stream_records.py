"""What records of the messages table's stream tell, by the items that are really written."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from roost.domain.batches import Lane, LaneStatus
from roost.domain.messages import MessageStatus, Priority
from roost.storage.batches import lane_item
from roost.storage.messages import to_item
from roost.storage.stream_records import told_by
from tests.domain.builders import NOW, a_message


def image(item: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


@pytest.mark.parametrize("status", [LaneStatus.CANCELED, LaneStatus.FAILED, LaneStatus.EXPIRED])
def test_a_closed_lane_of_a_batch_tells_nobody_anything(status: LaneStatus) -> None:
    lane = Lane("acme", 80, 0, 0, 1, 40, status, Priority.BULK, NOW, NOW, NOW + 60_000)
    assert told_by({"NewImage": image(lane_item(lane))}) is None


def test_each_message_of_it_is_told_once_it_ends() -> None:
    before, after = a_message(MessageStatus.QUEUED), a_message(MessageStatus.CANCELED)
    told = told_by({"OldImage": image(to_item(before)), "NewImage": image(to_item(after))})
    assert told is not None
    assert (told.account, [event.type for event in told.events]) == ("acme", ["message.failed"])
