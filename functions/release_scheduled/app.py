"""Make due what an account scheduled for a minute; the state machine of the same name calls when it has come."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.log import background, logger
from roost.usecases.release_scheduled import release_minute


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    account, minute = event["account"], event["minute"]
    answer = release_minute(deps(), account, minute)
    logger().info("released", account=account, minute=minute, released=answer["released"], more=answer["more"])
    return answer
