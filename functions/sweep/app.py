"""Every minute: find what no stream record and no execution will find any more; now and then, count who is there."""

from __future__ import annotations

from typing import Any

from roost.domain.instants import MINUTE
from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.log import logger
from roost.runtime.metrics import emit
from roost.usecases.sweep import sweep
from roost.usecases.take_readings import EVERY, take_readings


def handler(_event: dict[str, Any], _context: object) -> None:
    # The event's time is when it was due, not now: after an outage the two differ.
    sweep(deps(), executions())
    if deps().now() % EVERY < MINUTE:
        emit(take_readings(deps()))
    logger().info("swept")
