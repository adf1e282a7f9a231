"""The stream of the messages table: wake the phones that have work due."""

from __future__ import annotations

from functools import cache
from typing import Any

from roost.outbound.fcm import Fcm
from roost.runtime.deps import deps
from roost.runtime.firebase import firebase_settings
from roost.runtime.log import logger
from roost.usecases.dispatch_changes import ChangedMessage, dispatch_changes


@cache
def push() -> Fcm | None:
    settings = firebase_settings()
    return Fcm(settings.service_account, settings.fcm_url) if settings else None


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    changes = [change for record in event["Records"] if (change := _changed_message(record["dynamodb"])) is not None]
    failed = dispatch_changes(deps(), push(), changes)
    logger().info("dispatched", records=len(event["Records"]), messages=len(changes), failed=len(failed))
    return {"batchItemFailures": [{"itemIdentifier": place} for place in failed]}


def _changed_message(record: dict[str, Any]) -> ChangedMessage | None:
    """None for records that are no message: idempotency records, deletions."""
    image = record.get("NewImage", {})
    if "status" not in image or "account" not in image:
        return None
    phone = int(image["phone"]["N"]) if "phone" in image else None
    return ChangedMessage(record["SequenceNumber"], image["account"]["S"], phone, image["status"]["S"])
