"""When many messages can be out at the earliest: exact for phones that pull, because each knows its own slots."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from roost.domain.instants import DAY, SECOND, as_datetime, from_datetime
from roost.domain.open_hours import Span
from roost.domain.pacing import Bookings, Pacing, daily_cap, local_day

LONGEST = 64 * DAY
"""What takes longer has no useful finishing time."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What of a phone decides its slots."""

    pacing: Pacing
    booked: Bookings
    paired_at: int


@dataclass(frozen=True, slots=True)
class Run:
    """Slots of one phone and day: `count` of them, the first at `start`, one every `step` ms."""

    start: int
    step: int
    count: int

    def up_to(self, instant: int) -> int:
        """How many are at or before `instant`."""
        if instant < self.start:
            return 0
        return self.count if self.step == 0 else min(self.count, (instant - self.start) // self.step + 1)


def finishes_at(phones: Iterable[Sending], messages: int, now: int, spans: Sequence[Span] | None = None) -> int | None:
    """The smallest instant by which the phones have `messages` slots together. `spans`: only slots within these count,
    in order and apart; None: all do. None if that is not within 64 days.

    With phones that pull from one pool this is what they reach (economics of routing: the earliest-slot bound).
    """
    if messages <= 0:
        return now
    known, horizon = list(phones), DAY
    while horizon <= LONGEST:
        runs = [run for phone in known for run in runs_of(phone, now, now + horizon, spans)]
        if sum(run.up_to(now + horizon) for run in runs) >= messages:
            return _first_with(runs, messages, now, now + horizon)
        horizon *= 2
    return None


def _first_with(runs: Sequence[Run], messages: int, low: int, high: int) -> int:
    while low < high:
        middle = (low + high) // 2
        if sum(run.up_to(middle) for run in runs) >= messages:
            high = middle
        else:
            low = middle + 1
    return low


def runs_of(phone: Sending, now: int, until: int, spans: Sequence[Span] | None = None) -> Iterator[Run]:
    """The slots a phone has from `now` on, day by day, as the pacing rules give them."""
    free_at, day = max(now, phone.booked.next_free_at), now
    while day <= until:
        today, midnight = local_day(phone.pacing, day), _next_midnight(phone.pacing, day)
        used = phone.booked.count if phone.booked.day == today else 0
        left = daily_cap(phone.pacing, phone.paired_at, day) - used
        for span in _open_spans(phone.pacing, max(day, free_at), midnight, spans):
            if left <= 0:
                break
            run = _run(phone.pacing, max(span.opens, free_at), span.closes, left)
            if run.count:
                yield run
                left -= run.count
                free_at = run.start + run.count * phone.pacing.gap_seconds * SECOND
        day = midnight


def _run(pacing: Pacing, start: int, end: int, most: int) -> Run:
    step = pacing.gap_seconds * SECOND
    if start >= end:
        return Run(start, step, 0)
    return Run(start, step, min(most, (end - 1 - start) // step + 1) if step else most)


def _open_spans(pacing: Pacing, start: int, end: int, spans: Sequence[Span] | None) -> Iterator[Span]:
    """Between two instants of one local day, without the phone's quiet hours, within `spans`."""
    for opens, closes in _without_quiet(pacing, start, end):
        if spans is None:
            yield Span(opens, closes)
            continue
        first = bisect_right(spans, opens, key=lambda span: span.closes)
        behind = bisect_left(spans, closes, key=lambda span: span.opens)
        for span in spans[first:behind]:
            yield Span(max(opens, span.opens), min(closes, span.closes))


def _without_quiet(pacing: Pacing, start: int, end: int) -> list[tuple[int, int]]:
    if pacing.quiet_from is None or pacing.quiet_to is None or pacing.quiet_from == pacing.quiet_to:
        return [(start, end)]
    begin, stop = _at(pacing, start, pacing.quiet_from), _at(pacing, start, pacing.quiet_to)
    day = [(0, begin), (stop, end)] if begin < stop else [(stop, begin)]
    return [(max(start, opens), min(end, closes)) for opens, closes in day if max(start, opens) < min(end, closes)]


def _at(pacing: Pacing, instant: int, clock: str) -> int:
    zone = ZoneInfo(pacing.timezone)
    day = as_datetime(instant).astimezone(zone).date()
    return from_datetime(datetime.combine(day, time.fromisoformat(clock), tzinfo=zone))


def _next_midnight(pacing: Pacing, at: int) -> int:
    zone = ZoneInfo(pacing.timezone)
    tomorrow = as_datetime(at).astimezone(zone).date() + timedelta(days=1)
    return from_datetime(datetime.combine(tomorrow, time(), tzinfo=zone))
