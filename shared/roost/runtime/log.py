"""The log: ids, counts and times; never a text, a number, a key or a token."""

from __future__ import annotations

import logging
import os
import traceback
from contextvars import ContextVar
from functools import cache

from aws_lambda_powertools import Logger

from roost.domain.ids import spell

MOST_MESSAGES = 20
"""Of one log line: a claim of more shows its first ones."""

_concerned: ContextVar[tuple[int, ...]] = ContextVar("concerned", default=())


@cache
def logger() -> Logger:
    """Level from POWERTOOLS_LOG_LEVEL; WARNING in the cloud keeps log cost near nothing.

    Set past Powertools, for which Lambda's own level would win. That one has to stay INFO: a metric is a line without a
    level, which Lambda takes for INFO.
    """
    made = Logger(service="roost", utc=True)
    logging.getLogger("roost").setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))
    return made


def concerns(*message_ids: int) -> None:
    """The messages that this request is about, for the line that is written at its end. Bounded: not every function
    writes one."""
    _concerned.set((*_concerned.get(), *message_ids)[:MOST_MESSAGES])


def forget_messages() -> None:
    """Of earlier work in this environment that ended without a line."""
    _concerned.set(())


def concerned_messages() -> list[str] | None:
    """In the native spelling, each once, and forgotten: a warm environment serves the next request."""
    numbers = dict.fromkeys(_concerned.get())
    forget_messages()
    return [spell("msg", number) for number in numbers] or None


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
