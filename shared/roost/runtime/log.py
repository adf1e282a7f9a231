"""The log: ids, counts and times; never a text, a number, a key or a token."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, TypeVar

from aws_lambda_powertools import Logger

from roost.domain.errors import InternalError, RoostError
from roost.domain.ids import spell

Answer = TypeVar("Answer")

MOST_MESSAGES = 20
"""Of one log line: a claim of more shows its first ones."""

for _quoting in ("mangum", "httpx"):
    # They log the path of each request, in which a number may stand, at the level that Lambda's JSON format sets.
    logging.getLogger(_quoting).setLevel(logging.WARNING)

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


def background(handle: Callable[[dict[str, Any], object], Answer]) -> Callable[[dict[str, Any], object], Answer]:
    """A handler behind a stream, a queue, a machine or a schedule: each of its lines has Lambda's id of the invocation.

    A crash is logged as one of a request is; who called gets an error without its text, which Lambda would log and
    machines and letters of failure would keep, and calls again. A refusal of our own asks for just that.
    """

    @wraps(handle)
    def handler(event: dict[str, Any], context: object) -> Answer:
        forget_messages()
        with logger().append_context_keys(request_id=getattr(context, "aws_request_id", "local")):
            try:
                return handle(event, context)
            except RoostError:
                raise
            except Exception as error:
                log_crash(error)
                raise InternalError(type(error).__name__) from None

    return handler


def log_crash(error: Exception, **where: Any) -> None:
    """At which lines it broke, and one `UnhandledErrors` in the metrics.

    `where`: the id of its request, unless every line has that (`background`), or what else tells it from others.
    The error's own text stays out: validation errors and SDK errors quote the values they refuse.
    """
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    logger().error("unhandled error", error=type(error).__name__, frames=frames[-12:], **where)
    _count_crash()


def _count_crash() -> None:
    # Imported here only: the happy path does not pay for the metrics module.
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name="UnhandledErrors", unit=MetricUnit.Count, value=1, namespace="Roost"):
        pass
