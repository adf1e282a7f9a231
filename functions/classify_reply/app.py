"""The queue of replies: what each means, and what could be answered. Off unless the stack names a model."""

from __future__ import annotations

import json
from typing import Any

from roost.domain.errors import TryLater
from roost.outbound.reply_classifier import ClassifierUnavailable
from roost.runtime.deps import deps
from roost.runtime.log import background, logger
from roost.runtime.replies import reply_classifier
from roost.usecases.classify_reply import classify_reply


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not _is_done(json.loads(record["body"]))]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _is_done(reply: dict[str, Any]) -> bool:
    try:
        labeled = classify_reply(deps(), reply_classifier, reply["account"], reply["message"])
    except (ClassifierUnavailable, TryLater) as error:
        logger().warning("not classified", account=reply["account"], message_id=reply["message"], reason=str(error))
        return False
    logger().info("classified", account=reply["account"], message_id=reply["message"], labeled=labeled)
    return True
