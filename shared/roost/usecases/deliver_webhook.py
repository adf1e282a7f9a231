"""Work off what one endpoint is owed, in order: one pass, by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from roost.domain.deliveries import GONE, MOST_TRIES, TOTAL_SECONDS, Attempt
from roost.domain.instants import SECOND, minute_of, rfc3339
from roost.domain.outages import Changes, Failure, after_failure, recovered, unfinished
from roost.domain.webhooks import Endpoint
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.deliveries import Owed, count_try, list_owed, put_attempts, settle_owed
from roost.storage.webhooks import get_endpoint, take_lease
from roost.usecases.deliver_at_once import attempt_delivery
from roost.usecases.replay_events import owe_replayed
from roost.usecases.webhook_outages import write_down

if TYPE_CHECKING:
    from roost.outbound.executions import Executions
    from roost.outbound.webhook_http import WebhookHttp

TIME_BUDGET = 15 * SECOND
"""The last attempt may take ten seconds more and still end inside the function's time-out."""

LEASE = 45 * SECOND
BUSY_FOR = 15 * SECOND
PAGE = 25
REFUSED_IN_A_ROW = 3
"""So many events that the receiver refuses one by one are the receiver's own trouble."""


@dataclass(slots=True)
class Pass:
    """What one pass did. `failed`: numbers of the events that stay owed; `is_over`: nothing more is to be tried now."""

    attempts: list[Attempt] = field(default_factory=list)
    delivered: int = 0
    in_a_row: int = 0
    failed: set[int] = field(default_factory=set)
    first_failure: Failure | None = None
    is_over: bool = False
    out_of_time: bool = False

    @property
    def has_delivered_all(self) -> bool:
        return self.first_failure is None and not self.out_of_time


def deliver_webhook(
    deps: Deps, http: WebhookHttp, executions: Executions, account: str, endpoint: str, since: int
) -> dict[str, Any]:
    """`since`: the outage whose execution asks, 0 for anybody else. The answer tells the state machine
    `{"done", "wait_until"}`; a call that is repeated does no harm."""
    now = deps.now()
    if since:
        stands = get_endpoint(deps.webhooks, account, endpoint)
        if stands is None or not stands.enabled or stands.outage_at != since:
            return _done(now)
        if stands.retry_at is not None and now < stands.retry_at:
            return _wait(stands.retry_at)
    leased = take_lease(deps.webhooks, account, endpoint, now, now + LEASE)
    if leased is None:
        return _wait(now + BUSY_FOR) if since else _done(now)
    after = _work_off(deps, http, executions, leased)
    if after is None or after.outage_at is None or (since and after.outage_at != since):
        return _done(now)
    return _wait(after.retry_at if after.retry_at is not None else now)


def _work_off(deps: Deps, http: WebhookHttp, executions: Executions, endpoint: Endpoint) -> Endpoint | None:
    """The endpoint after its lease was given back; None when it is gone or somebody else goes on."""
    stop_at = deps.now() + TIME_BUDGET
    while True:
        done = _one_pass(deps, http, endpoint, stop_at) if endpoint.enabled else Pass()
        if done.attempts:
            put_attempts(deps.webhooks, endpoint, done.attempts, deps.entropy(4).hex(), deps.now())
        if endpoint.enabled and endpoint.replay_from is not None and done.has_delivered_all:
            if deps.now() >= stop_at:
                return _give_back(deps, executions, endpoint, unfinished(endpoint, deps.now()))
            moved = owe_replayed(deps, endpoint)
            if moved is None:
                return None
            endpoint = moved
            continue
        changes = _changes(deps, endpoint, done) if endpoint.enabled else {}
        after = _give_back(deps, executions, endpoint, changes)
        if after is None or changes.get("outage_at") is not None or not after.enabled:
            return after
        # Something may have been owed after the pass looked and before the lease was given back.
        if not list_owed(deps.webhooks, after, 1):
            return after
        again = take_lease(deps.webhooks, after.account, after.id, deps.now(), deps.now() + LEASE)
        if again is None:
            return None
        endpoint = again


def _give_back(deps: Deps, executions: Executions, endpoint: Endpoint, changes: Changes) -> Endpoint | None:
    if changes.get("outage_at") is not None and endpoint.outage_at is None:
        put_check(deps.devices, minute_of(deps.now()), Check(endpoint.account, webhook=endpoint.id))
    expect = {"lease_until": endpoint.lease_until}
    return write_down(deps, executions, endpoint, {**changes, "lease_until": 0}, expect)


def _one_pass(deps: Deps, http: WebhookHttp, endpoint: Endpoint, stop_at: int) -> Pass:
    done = Pass()
    while not done.is_over and not done.out_of_time:
        owed = list_owed(deps.webhooks, endpoint, PAGE + len(done.failed))
        open_now = [entry for entry in owed if entry.sequence not in done.failed]
        if not open_now:
            break
        for entry in open_now:
            if deps.now() >= stop_at:
                done.out_of_time = True
                break
            _attempt(deps, http, endpoint, entry, done)
            if done.is_over:
                break
    return done


def _attempt(deps: Deps, http: WebhookHttp, endpoint: Endpoint, owed: Owed, done: Pass) -> None:
    attempt = attempt_delivery(deps, http, endpoint, owed, TOTAL_SECONDS)
    outcome, tries = attempt.outcome, owed.tries + 1
    if outcome.delivered:
        settle_owed(deps.webhooks, endpoint, owed)
        done.delivered, done.in_a_row = done.delivered + 1, 0
        done.attempts.append(attempt)
        return
    is_alive = done.delivered > 0 or endpoint.is_alive_in_outage
    given_up = outcome.is_about_this_event and is_alive and tries >= MOST_TRIES
    done.attempts.append(replace(attempt, given_up=given_up))
    if given_up:
        settle_owed(deps.webhooks, endpoint, owed)
        return
    if outcome.status != GONE:
        count_try(deps.webhooks, endpoint, owed)
    done.failed.add(owed.sequence)
    done.in_a_row += 1
    done.first_failure = done.first_failure or Failure(outcome, tries)
    done.is_over = not outcome.is_about_this_event or done.in_a_row >= REFUSED_IN_A_ROW


def _changes(deps: Deps, endpoint: Endpoint, done: Pass) -> Changes:
    now = deps.now()
    gone = any(attempt.outcome.status == GONE for attempt in done.attempts)
    if done.first_failure is not None:
        failure = replace(done.first_failure, outcome=done.attempts[-1].outcome) if gone else done.first_failure
        others = done.delivered > 0
        return after_failure(endpoint, failure, now, deps.entropy(2), others_passed=others, new_outage=False)
    if done.out_of_time:
        return unfinished(endpoint, now)
    return recovered(endpoint, done.attempts)


def _done(now: int) -> dict[str, Any]:
    return {"done": True, "wait_until": rfc3339(now)}


def _wait(until: int) -> dict[str, Any]:
    return {"done": False, "wait_until": rfc3339(until)}
