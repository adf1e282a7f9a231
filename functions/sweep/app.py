"""Every minute: find what no stream record and no execution will find any more."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.log import background, logger
from roost.usecases.sweep import sweep


@background
def handler(_event: dict[str, Any], _context: object) -> None:
    # The event's time is when it was due, not now: after an outage the two differ.
    sweep(deps(), executions())
    logger().info("swept")
