"""Run what one location is owed: one pass, by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roost.domain.deliveries import pause_after
from roost.domain.highlevel import Location, Trouble, with_trouble
from roost.domain.highlevel_errands import (
    LONGEST_BUSY,
    MOST_TRIES,
    Errand,
    Verdict,
    refused_after,
    soon_after,
    verdict_of,
)
from roost.domain.highlevel_rates import Budget
from roost.domain.instants import SECOND, minute_of, rfc3339
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration
from roost.storage.checks import Check, put_check
from roost.storage.highlevel import change_location, get_location, take_lease
from roost.storage.highlevel_errands import change_errand, give_up_errand, list_owed, settle_errand
from roost.usecases.highlevel_line import Line, NotTaken, OutOfBudget
from roost.usecases.highlevel_tokens import TokensRefused
from roost.usecases.retry_highlevel import outage_after, start_retry
from roost.usecases.run_errand import run_errand

if TYPE_CHECKING:
    from roost.outbound.executions import Executions

TIME_BUDGET = 10 * SECOND
"""An errand begun at its end may make five requests more and still end inside the function's time-out."""

LEASE = 45 * SECOND
BUSY_FOR = 10 * SECOND
PAGE = 25


@dataclass(slots=True)
class Pass:
    """What one pass did. `waiting`: numbers whose errands wait, `next_at`: until when the first does; `busy_until`:
    nothing is to be tried before; `failed`: HighLevel itself did not answer well."""

    line: Line
    troubles: tuple[Trouble, ...]
    waiting: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    next_at: int | None = None
    busy_until: int = 0
    failed: bool = False
    is_over: bool = False

    def wait(self, number: str, until: int) -> None:
        self.waiting.add(number)
        self.next_at = until if self.next_at is None else min(self.next_at, until)

    def stop(self, until: int) -> None:
        self.is_over, self.busy_until = True, until


def mirror_highlevel(
    deps: Deps, integration: Integration, executions: Executions, account: str, location: str, since: int
) -> dict[str, Any]:
    """`since`: the outage whose execution asks, 0 for the stream. The answer tells the state machine
    `{"done", "wait_until"}`; a call that is repeated does no harm."""
    now = deps.now()
    stands = get_location(deps.highlevel, account, location)
    if stands is None or not stands.is_connected or (since and stands.outage_at != since):
        return _done(now)
    if now < stands.busy_until:
        return _wait(stands.busy_until) if since else _done(now)
    if since and stands.retry_at is not None and now < stands.retry_at:
        return _wait(stands.retry_at)
    leased = take_lease(deps.highlevel, stands, "lease_until", now, now + LEASE)
    if leased is None:
        return _wait(now + BUSY_FOR) if since else _done(now)
    after = _work_off(deps, integration, executions, leased, since)
    if after is None or after.outage_at is None or (since and after.outage_at != since):
        return _done(now)
    return _wait(after.retry_at if after.retry_at is not None else now)


def _work_off(
    deps: Deps, integration: Integration, executions: Executions, location: Location, since: int
) -> Location | None:
    """The location after its lease was given back; None when it is gone or somebody else goes on."""
    stop_at = deps.now() + TIME_BUDGET
    while True:
        done = _one_pass(deps, integration, location, stop_at)
        if done is None:
            return None
        after = _give_back(deps, executions, location, done, since)
        if after is None or done.is_over:
            return after
        # Something may have been owed after the pass looked and before the lease was given back.
        owed = list_owed(deps.highlevel, after, len(done.seen) + 1)
        if all(errand.id in done.seen for errand in owed):
            return after
        again = take_lease(deps.highlevel, after, "lease_until", deps.now(), deps.now() + LEASE)
        if again is None:
            return None
        location = again


def _one_pass(deps: Deps, integration: Integration, location: Location, stop_at: int) -> Pass | None:
    """None when the tokens are worth nothing any more."""
    budget = Budget(list(location.recent_calls), location.day_at, location.day_calls)
    done = Pass(Line(deps, integration, location, budget), location.troubles)
    while not done.is_over:
        owed = list_owed(deps.highlevel, location, PAGE + len(done.seen))
        fresh = [errand for errand in owed if errand.id not in done.seen]
        if not fresh:
            return done
        for errand in fresh:
            if deps.now() >= stop_at:
                done.stop(deps.now())
                return done
            try:
                _try(deps, done, errand)
            except TokensRefused:
                _end(deps, done)
                return None
            if done.is_over:
                return done
    return done


def _try(deps: Deps, done: Pass, errand: Errand) -> None:
    if errand.number in done.waiting:
        done.seen.add(errand.id)
        return
    if errand.due_at > deps.now():
        done.seen.add(errand.id)
        done.wait(errand.number, errand.due_at)
        return
    try:
        run_errand(done.line, errand)
    except OutOfBudget as over:
        done.stop(over.until)
    except NotTaken as refusal:
        done.seen.add(errand.id)
        _refused(deps, done, errand, refusal)
    else:
        settle_errand(deps.highlevel, done.line.location, errand)


def _refused(deps: Deps, done: Pass, errand: Errand, refusal: NotTaken) -> None:
    now, location, answer = deps.now(), done.line.location, refusal.answer
    verdict = verdict_of(answer.status, errand.early, errand.tries, may_be_early=refusal.may_be_early)
    if verdict is Verdict.SOON:
        due_at = now + soon_after(errand.early + 1)
        change_errand(deps.highlevel, location, errand, {"early": errand.early + 1, "due_at": due_at})
        done.wait(errand.number, due_at)
        return
    done.troubles = with_trouble(done.troubles, Trouble(now, refusal.doing, answer.status, answer.refusal))
    if verdict is Verdict.BUSY:
        pause = min(pause_after(location.failures + 1, None, deps.entropy(2)), LONGEST_BUSY)
        change_errand(deps.highlevel, location, errand, {"tries": errand.tries + (answer.status is not None)})
        done.failed = True
        done.stop(now + pause)
    elif errand.tries + 1 >= MOST_TRIES:
        give_up_errand(deps.highlevel, location, errand, now)
    else:
        due_at = now + refused_after(errand.tries + 1)
        change_errand(deps.highlevel, location, errand, {"tries": errand.tries + 1, "due_at": due_at})
        done.wait(errand.number, due_at)


def _give_back(deps: Deps, executions: Executions, location: Location, done: Pass, since: int) -> Location | None:
    """With the lease goes what the pass learned. Something left to do has an execution that waits for it."""
    budget, now = done.line.budget, deps.now()
    changes: dict[str, Any] = {
        "recent_calls": tuple(budget.recent) or None,
        "day_at": budget.day_at,
        "day_calls": budget.day_calls,
        "busy_until": done.busy_until,
        "failures": location.failures + 1 if done.failed else 0,
        "troubles": done.troubles or None,
        "lease_until": now,
    }
    retry_at = done.busy_until or done.next_at
    outage = outage_after(location, retry_at, since, now)
    if outage.get("outage_at") is not None and outage["outage_at"] != location.outage_at:
        put_check(deps.devices, minute_of(now), Check(location.account, highlevel=location.id))
    expect = {"lease_until": location.lease_until}
    after = change_location(deps.highlevel, location, {**changes, **outage}, expect)
    if after is not None and after.outage_at is not None and after.outage_at != location.outage_at:
        start_retry(executions, after)
    return after


def _end(deps: Deps, done: Pass) -> None:
    """Whoever found the tokens refused has turned the location off already."""
    trouble = Trouble(deps.now(), "renew the tokens", 401, "HighLevel takes our tokens no more: connect again")
    ended: dict[str, Any] = {"lease_until": deps.now(), "outage_at": None, "retry_at": None, "busy_until": 0}
    change_location(deps.highlevel, done.line.location, {**ended, "troubles": with_trouble(done.troubles, trouble)})


def _done(now: int) -> dict[str, Any]:
    return {"done": True, "wait_until": rfc3339(now)}


def _wait(until: int) -> dict[str, Any]:
    return {"done": False, "wait_until": rfc3339(until)}
