"""The streams of messages and contacts: wake phones that have work due, start what has to wait, settle charges."""

from __future__ import annotations

from typing import Any

from roost.domain.batches import LaneStatus
from roost.domain.messages import MessageStatus, Priority
from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.log import background, concerned_messages, concerns, logger
from roost.runtime.push import push
from roost.usecases.dispatch_changes import ChangedMessage, dispatch_changes
from roost.usecases.dispatch_lanes import ChangedLane
from roost.usecases.start_work import start_work


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    for record in event["Records"]:
        start_work(executions(), record["dynamodb"])
    changes = [change for record in event["Records"] if (change := _changed(record["dynamodb"])) is not None]
    failed = dispatch_changes(deps(), push(), executions(), changes)
    concerns(*(change.message_id for change in changes if isinstance(change, ChangedMessage)))
    logger().info("dispatched", records=len(event["Records"]), failed=len(failed), messages=concerned_messages())
    return {"batchItemFailures": [{"itemIdentifier": place} for place in failed]}


def _changed(record: dict[str, Any]) -> ChangedMessage | ChangedLane | None:
    """None for records that are neither message nor lane: idempotency records, deletions."""
    image = record.get("NewImage", {})
    if "status" not in image or "account" not in image:
        return None
    return _changed_lane(record, image) if "cursor" in image else _changed_message(record, image)


def _changed_message(record: dict[str, Any], image: dict[str, Any]) -> ChangedMessage:
    return ChangedMessage(
        place=record["SequenceNumber"],
        account=image["account"]["S"],
        message_id=int(image["id"]["N"]),
        status=MessageStatus(image["status"]["S"]),
        due_at=int(image["due_at"]["N"]) if "due_at" in image else 0,
        phone=int(image["phone"]["N"]) if "phone" in image else None,
        cancel_requested="cancel_requested_at" in image,
        refunded=image["charge_state"]["S"] == "refunded" if "charge_state" in image else None,
        priority=Priority(int(image["priority"]["N"])),
    )


def _changed_lane(record: dict[str, Any], image: dict[str, Any]) -> ChangedLane:
    return ChangedLane(
        place=record["SequenceNumber"],
        account=image["account"]["S"],
        batch=int(image["base"]["N"]),
        status=LaneStatus(image["status"]["S"]),
        priority=Priority(int(image["priority"]["N"])),
        due_at=int(image["due_at"]["N"]),
        expires_at=min(int(image[name]["N"]) for name in ("expires_at", "closes_at") if name in image),
        left=int(image["count"]["N"]) - int(image["cursor"]["N"]),
        phone=int(image["phone"]["N"]) if "phone" in image else None,
    )
