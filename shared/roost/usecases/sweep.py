"""The second net, every minute: phones that did not answer a wake, deadlines, scheduled messages nobody released."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from roost.domain.instants import MINUTE, SECOND, minute_of, minute_start
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.runtime.log import log_crash
from roost.storage.checks import Check, Progress, checks_of, mark_progress, next_turn, put_check, read_progress
from roost.storage.phones import get_phone
from roost.storage.queues import Waiting, waiting_for
from roost.usecases.campaign_hours import look_after_campaign
from roost.usecases.claim_jobs import LOOK_AT_HELD_EVERY
from roost.usecases.close_lanes import settle_batch
from roost.usecases.look_after_highlevel import look_after_highlevel
from roost.usecases.look_after_import import look_after_import
from roost.usecases.manage_phones import unpair_phone
from roost.usecases.release_scheduled import release_minute
from roost.usecases.settle_silence import MOST_WAITING, settle_overdue
from roost.usecases.watch_phones import watch_phones
from roost.usecases.webhook_outages import look_after_webhook

if TYPE_CHECKING:
    from roost.outbound.executions import Executions

SILENT_AFTER = 25 * SECOND
LOOK_AGAIN_AFTER = 10 * MINUTE
"""While a wake is outstanding."""

MOST_MINUTES = 60
"""After an outage the missed minutes are worked off over several runs."""

TIME_BUDGET = 20 * SECOND
"""Less than the function's time-out by one slow look."""

RELEASING_BUDGET = 5 * SECOND
"""For one account's scheduled minute, which may hold thousands: the next run goes on, after the others' turns."""

OVERLAP = MINUTE
"""A check entry may be written into a minute that has just been swept: each that was not written ahead is looked at
twice."""


def sweep(deps: Deps, executions: Executions) -> None:
    """What fails for one phone stops no other: it is logged, counted as a crash, and looked at again next minute.

    A run that runs out of time says how far it came, and the next goes on there.
    """
    stop_at = deps.now() + TIME_BUDGET
    last = minute_start(minute_of(deps.now())) - MINUTE
    before = read_progress(deps.devices)
    start, after = _begin(before, last)
    for instant in range(start, min(last, start + MOST_MINUTES * MINUTE) + 1, MINUTE):
        minute = minute_of(instant)
        was_swept = before == Progress(minute)
        for name, check in checks_of(deps.devices, minute, after, late=was_swept):
            _look_safely(deps, executions, minute, check)
            if deps.now() > stop_at:
                mark_progress(deps.devices, Progress(minute, after=name))
                return
        if not was_swept:
            mark_progress(deps.devices, Progress(minute))
        if after is not None:
            return  # the next run looks at what came late into this minute, also before `after`


def _begin(progress: Progress | None, last: int) -> tuple[int, str | None]:
    """A cursor in the future is a clock gone wrong once: trusting it would stop the sweep until then."""
    if progress is None or minute_start(progress.minute) > last:
        return last - OVERLAP, None
    if progress.after is not None:
        return minute_start(progress.minute), progress.after
    return minute_start(progress.minute) + MINUTE - OVERLAP, None


def _look_safely(deps: Deps, executions: Executions, minute: str, check: Check) -> None:
    try:
        _look(deps, executions, check)
    except Exception as error:
        log_crash(error, minute=minute)
        put_check(deps.devices, minute_of(deps.now()), check)


def _look(deps: Deps, executions: Executions, check: Check) -> None:
    look = next((look for member, look in LOOKS if getattr(check, member)), _look_after_minute)
    look(deps, executions, check)


def _look_after_batch(deps: Deps, _: Executions, check: Check) -> None:
    next_look = settle_batch(deps, check.account, check.batch or 0)
    if next_look is not None:
        put_check(deps.devices, minute_of(next_look), check, ahead=next_look > deps.now() + MINUTE)


def _look_after_watch(deps: Deps, _: Executions, check: Check) -> None:
    watch_phones(deps, check)


def _look_after_phone(deps: Deps, executions: Executions, check: Check) -> None:
    # The queue first: what a claim takes out of it between the two reads then stands on the phone's item.
    waiting = waiting_for(deps.messages, check.account, check.phone or 0, MOST_WAITING)
    phone = get_phone(deps.devices, check.account, check.phone or 0, consistent=True)
    if phone is None or (deadline := _settle(deps, executions, phone, waiting)) is None:
        return
    look_at = min(max(deadline, deps.now() + MINUTE), next_turn(check, deps.now(), LOOK_AT_HELD_EVERY))
    if minute_of(look_at) != phone.checked_in:
        put_check(deps.devices, minute_of(look_at), check, ahead=True)


def _look_after_minute(deps: Deps, _: Executions, check: Check) -> None:
    stop_at = deps.now() + RELEASING_BUDGET
    while check.minute and release_minute(deps, check.account, check.minute)["more"]:
        if deps.now() > stop_at:
            put_check(deps.devices, minute_of(deps.now()), check)
            return


LOOKS: tuple[tuple[str, Callable[[Deps, Executions, Check], None]], ...] = (
    ("batch", _look_after_batch),
    ("contact_import", look_after_import),
    ("campaign", look_after_campaign),
    ("webhook", look_after_webhook),
    ("highlevel", look_after_highlevel),
    ("watch", _look_after_watch),
    ("phone", _look_after_phone),
)
"""By the member of a check that says what it is about."""


def _settle(deps: Deps, executions: Executions, phone: Phone, waiting: list[Waiting]) -> int | None:
    """Do what is due for a phone; when the next will be, None if nothing is open."""
    if phone.removed_at is not None:
        unpair_phone(deps, phone)
    elif phone.woken_at is not None:
        if deps.now() - phone.woken_at >= SILENT_AFTER:
            # Should that execution be lost, the next look finds it failed and starts another.
            executions.recover_phone(phone.account, phone.number, phone.woken_at)
        return next_turn(Check(phone.account, phone.number), deps.now(), LOOK_AGAIN_AFTER)
    return settle_overdue(deps, phone, waiting)
