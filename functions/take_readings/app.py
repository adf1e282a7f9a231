"""Every five minutes: count who is there, and say how long the first of their messages waits."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.log import background, logger
from roost.runtime.metrics import emit
from roost.usecases.take_readings import take_readings


@background
def handler(_event: dict[str, Any], _context: object) -> None:
    emit(take_readings(deps()))
    logger().info("readings taken")
