"""What attempts do to their endpoint: an outage begins, goes on or ends, or the endpoint is disabled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from roost.domain.deliveries import GIVE_UP_AFTER, GONE, Attempt, Outcome, pause_after
from roost.domain.instants import SECOND
from roost.domain.webhooks import DisabledReason, Endpoint, Lane

FAST = SECOND
SLOW = 2 * SECOND
"""In milliseconds of an answer: between the two an endpoint keeps its lane."""

Changes = dict[str, Any]
NO_OUTAGE: Changes = {"outage_at": None, "retry_at": None, "failing_since": None}


@dataclass(frozen=True, slots=True)
class Failure:
    """The first failed attempt of a pass. `tries`: how often its event was attempted, this one included."""

    outcome: Outcome
    tries: int


def disabled(reason: DisabledReason, at: int) -> Changes:
    """What it is owed is kept for when it is enabled again."""
    return {**NO_OUTAGE, "enabled": False, "disabled_reason": reason, "disabled_at": at, "lane": Lane.OWN}


def after_failure(
    endpoint: Endpoint, failure: Failure, now: int, entropy: bytes, *, others_passed: bool, new_outage: bool
) -> Changes:
    """`others_passed`: the same pass delivered something, so the endpoint is alive; it stays so while it only refuses
    what it refused before. `new_outage`: an execution that
    waits long for one refused event must not hold up what fails now. `entropy`: two bytes."""
    if failure.outcome.status == GONE:
        return disabled(DisabledReason.GONE, now)
    is_alive = others_passed or (not new_outage and endpoint.is_alive_in_outage and failure.outcome.is_about_this_event)
    since = endpoint.failing_since if endpoint.failing_since is not None else now
    if not is_alive and now - since >= GIVE_UP_AFTER:
        return disabled(DisabledReason.FAILING, now)
    return {
        "failing_since": None if is_alive else since,
        "outage_at": now if new_outage or endpoint.outage_at is None else endpoint.outage_at,
        "retry_at": now + pause_after(failure.tries, failure.outcome.retry_after, entropy),
    }


def unfinished(endpoint: Endpoint, now: int) -> Changes:
    """More is owed than fits into one invocation: an execution goes on at once."""
    began = endpoint.outage_at if endpoint.outage_at is not None else now
    return {"failing_since": None, "outage_at": began, "retry_at": now}


def recovered(endpoint: Endpoint, attempts: Sequence[Attempt]) -> Changes:
    """Nothing is owed any more. Fast answers earn the direct lane, slow ones lose it."""
    slowest = max((attempt.outcome.milliseconds for attempt in attempts), default=None)
    lane = endpoint.lane
    if slowest is not None and slowest < FAST:
        lane = Lane.DIRECT
    elif slowest is not None and slowest > SLOW:
        lane = Lane.OWN
    return {**NO_OUTAGE, "lane": lane}
