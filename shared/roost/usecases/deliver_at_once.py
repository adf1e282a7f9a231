"""First attempts, right from the stream: endpoints beside each other, the events of one in order, all within seconds.

Only endpoints that answer fast come here, so the time limit cuts off one that has just become slow, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from roost.domain.deliveries import Attempt, Outcome
from roost.domain.instants import SECOND
from roost.domain.outages import Failure
from roost.domain.webhook_formats import render
from roost.domain.webhooks import Endpoint
from roost.runtime.deps import Deps
from roost.storage.deliveries import Owed

if TYPE_CHECKING:
    from roost.outbound.webhook_http import WebhookHttp

TIME_BUDGET = 3 * SECOND
"""For a whole batch: the longest that a receiver can delay the stream, and with it everybody else's events."""

SHORTEST_ATTEMPT = SECOND // 2
MOST_THREADS = 32


@dataclass(frozen=True, slots=True)
class Batch:
    """What one endpoint gets, numbered and in order."""

    endpoint: Endpoint
    owed: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """`left`: what is still owed. `failure`: why, None when only the time was up."""

    endpoint: Endpoint
    attempts: tuple[Attempt, ...]
    left: tuple[Owed, ...]
    failure: Failure | None


def deliver_at_once(deps: Deps, http: WebhookHttp, batches: Sequence[Batch]) -> list[Delivered]:
    """Threads only post: the tables are used by the caller's thread alone. `batches`: at least one."""
    stop_at = deps.now() + TIME_BUDGET
    with ThreadPoolExecutor(min(len(batches), MOST_THREADS)) as pool:
        return list(pool.map(lambda batch: _deliver(deps, http, batch, stop_at), batches))


def _deliver(deps: Deps, http: WebhookHttp, batch: Batch, stop_at: int) -> Delivered:
    endpoint = batch.endpoint
    attempts: list[Attempt] = []
    for place, owed in enumerate(batch.owed):
        left = stop_at - deps.now()
        if left < SHORTEST_ATTEMPT:
            return Delivered(endpoint, tuple(attempts), batch.owed[place:], None)
        attempt = attempt_delivery(deps, http, endpoint, owed, left / SECOND)
        attempts.append(attempt)
        if attempt.outcome.delivered:
            continue
        if attempt.outcome.error == "timeout":
            return Delivered(endpoint, tuple(attempts), batch.owed[place:], None)
        left_over = (replace(owed, tries=1), *batch.owed[place + 1 :])
        return Delivered(endpoint, tuple(attempts), left_over, Failure(attempt.outcome, tries=1))
    return Delivered(endpoint, tuple(attempts), (), None)


def attempt_delivery(deps: Deps, http: WebhookHttp, endpoint: Endpoint, owed: Owed, seconds: float) -> Attempt:
    at = deps.now()
    outcome: Outcome = http.post(endpoint.url, render(endpoint, owed.event, owed.sequence, at), seconds)
    return Attempt(owed.event.id, owed.event.type, owed.sequence, at, outcome)
