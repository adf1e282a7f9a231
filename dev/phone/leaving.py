"""Unpairing: give everything back, flush the reports, leave (protocol §20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dev.phone.components import Components
from dev.phone.exchange import Answered, Refused
from dev.phone.jobs import WAITING
from dev.phone.standing import Standing
from dev.phone.wire import Config

PATH = "/phone/v1/unpair"
MOST_FLUSH_CALLS = 500


class LeavingFailed(Exception):
    """The server could not be told; its text says what to do."""


def leave(app: Components, config: Config, health: Callable[[], dict[str, Any]], reason: str) -> None:
    """Raises LeavingFailed; then nothing is lost and `leave` can be called again."""
    if app.backoff.has_been_asked_to_wait():
        raise LeavingFailed("the server asked this phone to wait: try again in some minutes")
    for job in app.jobs.in_states(WAITING):
        app.ledger.release(job, "unpair")
    _flush(app, config, health)
    result = app.server.call("POST", PATH, {"reason": reason})
    is_gone = isinstance(result, Answered) or (isinstance(result, Refused) and result.status == 410)
    if not is_gone:
        raise LeavingFailed("the server did not confirm the unpairing: try again, or remove the phone in the console")
    with app.store.transaction():
        app.standing.become(Standing.UNPAIRED)
        for key in ("token", "next_token", "push_told_at"):
            app.store.put(key, None)


def _flush(app: Components, config: Config, health: Callable[[], dict[str, Any]]) -> None:
    for _ in range(MOST_FLUSH_CALLS):
        if not app.batches.is_frozen() and app.outbox.is_settled():
            return
        app.callback.call(config, health, may_claim=False)
        if app.backoff.wait_ms() > 0:
            raise LeavingFailed("the server cannot be reached, and reports are waiting: try again when it answers")
