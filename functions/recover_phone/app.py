"""One look at a silent phone; the state machine of the same name waits between two looks."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.log import background, logger
from roost.runtime.push import push
from roost.usecases.recover_phone import recover_step


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    phone, step = event["phone"], event["step"]
    answer = recover_step(deps(), push(), event["account"], phone, event["since"], step)
    logger().info("looked at a silent phone", account=event["account"], phone=phone, step=step, done=answer["done"])
    return answer
