"""The log: ids, counts and times; never a text, a number, a key or a token."""

from __future__ import annotations

import traceback
from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """Level from POWERTOOLS_LOG_LEVEL; WARNING in the cloud keeps log cost near nothing."""
    return Logger(service="roost", utc=True)


def log_crash(error: Exception, request_id: str) -> None:
    """Where it broke, and one `UnhandledErrors` in the metrics.

    The error's own text stays out: validation errors and SDK errors quote the values they refuse.
    """
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    logger().error("unhandled error", error=type(error).__name__, frames=frames[-12:], request_id=request_id)
    _count_crash()


def _count_crash() -> None:
    # Imported here only: the happy path does not pay for the metrics module.
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name="UnhandledErrors", unit=MetricUnit.Count, value=1, namespace="Roost"):
        pass
