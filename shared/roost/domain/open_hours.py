"""When a campaign may reach somebody: its own send window, and by day in every zone the number may be in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roost.domain.errors import InvalidRequest
from roost.domain.instants import DAY, as_datetime, from_datetime

RECIPIENT_FROM, RECIPIENT_TO = "08:00", "21:00"
"""47 CFR 64.1200(c)(1): no solicitation before 8 a.m. or after 9 p.m., local time of the called party."""

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
LONGEST_SEARCH = 9
"""Days: a window opens within a week, and a week of openings shows whether two ever meet."""

MOST_ROUNDS = 40

TELLING_DAYS = (date(2025, 1, 15), date(2025, 3, 20), date(2025, 7, 15), date(2025, 10, 30))
"""Winter, summer, and between the clock changes of America and of Europe: zones that agree on all are one."""


@dataclass(frozen=True, slots=True)
class Window:
    """Open on `days` (1 Monday to 7 Sunday) from `start` up to `end`, local times such as 09:00; an `end` at or before
    `start` is the next day's. `timezone` None: the clock of whoever is reached."""

    start: str
    end: str
    timezone: str | None = None
    days: tuple[int, ...] = EVERY_DAY


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `opens` up to, not including, `closes`; in ms."""

    opens: int
    closes: int


RECIPIENT_HOURS = Window(RECIPIENT_FROM, RECIPIENT_TO)


def checked_window(window: Window, field: str = "send_window") -> Window:
    """Raises InvalidRequest, also for a window that never opens."""
    for name in ("start", "end"):
        try:
            time.fromisoformat(getattr(window, name))
        except ValueError:
            raise InvalidRequest.of(f"{field}.{name}", "is no time of day, for example 09:00") from None
    if window.start == window.end:
        raise InvalidRequest.of(field, "never opens: it ends when it starts. For the whole day leave it out")
    if not window.days:
        raise InvalidRequest.of(f"{field}.days", "are none, so the window never opens: 1 is Monday, 7 is Sunday")
    if not set(window.days) <= set(EVERY_DAY):
        raise InvalidRequest.of(f"{field}.days", "are numbers from 1, Monday, to 7, Sunday")
    return window


def next_span(window: Window | None, zones: Iterable[str], at: int, *, by_day: bool = True) -> Span | None:
    """The first span from `at` on in which all are open: the window, and the day in each of `zones`. None if they never
    meet. Already open: it begins at `at`. `by_day` False: only the window counts."""
    zones = tuple(zones)
    rules = [(RECIPIENT_HOURS, zone) for zone in zones] if by_day else []
    if window is not None:
        rules += [(window, zone) for zone in ((window.timezone,) if window.timezone else zones or ("UTC",))]
    opens = at
    for _ in range(MOST_ROUNDS):
        spans = [_next_of(rule, zone, opens) for rule, zone in rules]
        latest = max((span.opens for span in spans), default=opens)
        if latest == opens:
            return Span(opens, min((span.closes for span in spans), default=opens + LONGEST_SEARCH * DAY))
        if latest > at + LONGEST_SEARCH * DAY:
            return None
        opens = latest
    return None


def open_spans(
    window: Window | None, groups: Iterable[tuple[str, ...]], at: int, until: int, *, by_day: bool = True
) -> list[Span]:
    """When somebody may be reached between two instants, each of `groups` by its own zones; in order and apart."""
    joined: list[Span] = []
    for span in sorted(span for zones in groups for span in _spans_of(window, zones, at, until, by_day)):
        if joined and span.opens <= joined[-1].closes:
            joined[-1] = Span(joined[-1].opens, max(joined[-1].closes, span.closes))
        else:
            joined.append(span)
    return joined


def _spans_of(window: Window | None, zones: tuple[str, ...], at: int, until: int, by_day: bool) -> Iterator[Span]:
    while at < until and (span := next_span(window, zones, at, by_day=by_day)) is not None:
        yield span
        at = span.closes


def distinct_zones(zones: Iterable[str]) -> tuple[str, ...]:
    """One of each that show the same time all year. A number of an unknown region may be in dozens."""
    told = {tuple(_offset(zone, day) for day in TELLING_DAYS): zone for zone in sorted(zones, reverse=True)}
    return tuple(sorted(told.values()))


def _next_of(window: Window, zone: str, at: int) -> Span:
    """The span of one window on one clock that contains `at`, from `at` on, or the next one."""
    clock = ZoneInfo(zone)
    start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    first = as_datetime(at).astimezone(clock).date() - timedelta(days=1)
    for later in range(LONGEST_SEARCH + 2):
        day = first + timedelta(days=later)
        if day.isoweekday() not in window.days:
            continue
        opens = from_datetime(datetime.combine(day, start, tzinfo=clock))
        last = day + timedelta(days=1) if end <= start else day
        closes = from_datetime(datetime.combine(last, end, tzinfo=clock))
        if closes > at and closes > opens:
            return Span(max(opens, at), closes)
    raise ValueError(f"a window that never opens: {window}")


def _offset(zone: str, day: date) -> timedelta:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).utcoffset() or timedelta(0)
