"""When a phone may send: minimum gap, daily cap with warm-up, quiet hours. Policy is data, slots are arithmetic.

The phone's own governor (20 segments a minute over all SIMs, segments per SIM and day) comes on top of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from roost.domain.instants import DAY, SECOND, as_datetime, from_datetime

DEFAULT_GAP_SECONDS = 240
DEFAULT_DAILY_CAP = 200

WARM_UP = ((7, 50), (14, 100), (21, 150))
"""(last day of the phone's age, cap until then), as 8ms documents it: carriers block fresh SIMs that send hundreds."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """`quiet_from`, `quiet_to`: local times such as 21:00 between which nothing leaves; both or neither.

    `warm_up`: hold the cap down while the phone is new.
    """

    gap_seconds: int = DEFAULT_GAP_SECONDS
    daily_cap: int = DEFAULT_DAILY_CAP
    warm_up: bool = True
    quiet_from: str | None = None
    quiet_to: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Bookings:
    """What is booked so far: `next_free_at` by the gap, and `count` messages on the local `day` (yyyymmdd)."""

    next_free_at: int = 0
    day: str = ""
    count: int = 0


class Hold(StrEnum):
    """Why a phone cannot send now."""

    GAP = "gap"
    DAILY_CAP = "daily_cap"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True)
class Opening:
    """The next instant at which a phone may send, and what it waits for; `hold` None: it may send now."""

    at: int
    hold: Hold | None


def daily_cap(pacing: Pacing, paired_at: int, at: int) -> int:
    """The cap in force on the day of `at`. The day a phone is paired is its day 1."""
    age_days = (at - paired_at) // DAY + 1
    for last_day, cap in WARM_UP if pacing.warm_up else ():
        if age_days <= last_day:
            return min(cap, pacing.daily_cap)
    return pacing.daily_cap


def local_day(pacing: Pacing, at: int) -> str:
    return _local(pacing, at).strftime("%Y%m%d")


def next_slot(
    pacing: Pacing, booked: Bookings, paired_at: int, now: int, earliest: int, until: int, urgent: bool = False
) -> int | None:
    """The first instant at or after `earliest` at which one more message may leave; None if there is none up to `until`
    within the local day of `now`.

    Urgent ones skip the gap, never the cap and never quiet hours.
    """
    today = local_day(pacing, now)
    used = booked.count if booked.day == today else 0
    if used >= daily_cap(pacing, paired_at, now):
        return None
    at = after_quiet_hours(pacing, max(now, earliest, 0 if urgent else booked.next_free_at))
    return at if at <= until and local_day(pacing, at) == today else None


def book(pacing: Pacing, booked: Bookings, now: int, slot: int, urgent: bool = False) -> Bookings:
    """The bookings after one slot was taken. An urgent message does not move the gap."""
    today = local_day(pacing, now)
    count = booked.count if booked.day == today else 0
    next_free_at = booked.next_free_at if urgent else slot + pacing.gap_seconds * SECOND
    return replace(booked, day=today, count=count + 1, next_free_at=max(booked.next_free_at, next_free_at))


def next_opening(pacing: Pacing, booked: Bookings, paired_at: int, now: int, urgent: bool = False) -> Opening:
    """When the next message may leave, and the last thing it has to wait for."""
    at, hold = now, None
    if not urgent and booked.next_free_at > now:
        at, hold = booked.next_free_at, Hold.GAP
    if booked.day == local_day(pacing, at) and booked.count >= daily_cap(pacing, paired_at, at):
        at, hold = _next_midnight(pacing, at), Hold.DAILY_CAP
    allowed = after_quiet_hours(pacing, at)
    return Opening(allowed, Hold.QUIET_HOURS if allowed > at else hold)


def after_quiet_hours(pacing: Pacing, at: int) -> int:
    """`at`, or the end of the quiet hours it falls into."""
    if pacing.quiet_from is None or pacing.quiet_to is None or pacing.quiet_from == pacing.quiet_to:
        return at
    local, begin, end = _local(pacing, at), time.fromisoformat(pacing.quiet_from), time.fromisoformat(pacing.quiet_to)
    clock = local.time()
    across_midnight = begin > end
    is_quiet = (clock >= begin or clock < end) if across_midnight else begin <= clock < end
    if not is_quiet:
        return at
    last_day = local.date() + timedelta(days=1 if across_midnight and clock >= begin else 0)
    return from_datetime(datetime.combine(last_day, end, tzinfo=ZoneInfo(pacing.timezone)))


def loosened(pacing: Pacing) -> list[str]:
    """What of a setting is looser than the careful defaults that keep SIMs alive; each a sentence."""
    warnings = []
    if pacing.gap_seconds < DEFAULT_GAP_SECONDS:
        warnings.append(f"a gap under {DEFAULT_GAP_SECONDS} s looks automated to carriers")
    if pacing.daily_cap > DEFAULT_DAILY_CAP:
        warnings.append(f"more than {DEFAULT_DAILY_CAP} messages a day get SIMs blocked")
    if not pacing.warm_up:
        warnings.append("a new SIM that sends at full rate is likely to be blocked")
    return warnings


def _next_midnight(pacing: Pacing, at: int) -> int:
    tomorrow = _local(pacing, at).date() + timedelta(days=1)
    return from_datetime(datetime.combine(tomorrow, time(), tzinfo=ZoneInfo(pacing.timezone)))


def _local(pacing: Pacing, at: int) -> datetime:
    return as_datetime(at).astimezone(ZoneInfo(pacing.timezone))
