"""When a phone may send."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.instants import DAY, HOUR, MINUTE, SECOND, as_datetime
from roost.domain.pacing import Bookings, Hold, Pacing, book, daily_cap, loosened, next_opening, next_slot

MIDNIGHT = 1_799_971_200_000
"""2027-01-15 00:00 UTC."""
MORNING = MIDNIGHT + 8 * HOUR
LONG_AGO = MORNING - 100 * DAY

times = st.sampled_from([f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)])
zones = st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
pacings = st.builds(
    Pacing, gap_seconds=st.integers(1, 900), daily_cap=st.integers(1, 60), warm_up=st.booleans(),
    quiet_from=times, quiet_to=times, timezone=zones,
)  # fmt: skip
instants = st.integers(MIDNIGHT, MIDNIGHT + 400 * DAY)


def take(
    pacing: Pacing, booked: Bookings, now: int, until: int, most: int = 100, urgent: bool = False
) -> tuple[list[int], Bookings]:
    """As many slots as there are, at most `most`, and the bookings afterwards."""
    taken: list[int] = []
    while len(taken) < most:
        slot = next_slot(pacing, booked, LONG_AGO, now, now, until, urgent)
        if slot is None:
            break
        taken.append(slot)
        booked = book(pacing, booked, now, slot, urgent)
    return taken, booked


@given(pacings, instants, st.lists(st.integers(0, 10 * HOUR), max_size=12))
def test_no_two_sends_are_closer_than_the_gap_none_over_the_cap_none_in_quiet_hours(
    pacing: Pacing, start: int, waits: list[int]
) -> None:
    booked, now = Bookings(), start
    sent: list[int] = []
    for wait in waits:
        now += wait
        claimed, booked = take(pacing, booked, now, now + 40 * MINUTE, 10)
        assert all(slot >= now for slot in claimed)
        sent += claimed
    assert all(later - earlier >= pacing.gap_seconds * SECOND for earlier, later in pairwise(sent))
    locals_ = [as_datetime(slot).astimezone(ZoneInfo(pacing.timezone)) for slot in sent]
    for day in {local.date() for local in locals_}:
        assert sum(local.date() == day for local in locals_) <= pacing.daily_cap
    for local in locals_:
        assert not _is_quiet(pacing, local.strftime("%H:%M"))


def _is_quiet(pacing: Pacing, clock: str) -> bool:
    begin, end = str(pacing.quiet_from), str(pacing.quiet_to)
    if begin <= end:
        return begin <= clock < end
    return clock >= begin or clock < end


@given(pacings, instants)
def test_the_next_opening_is_really_open_and_nothing_before_it_is(pacing: Pacing, now: int) -> None:
    _, booked = take(pacing, Bookings(), now, now + DAY, 3)
    opening = next_opening(pacing, booked, LONG_AGO, now)
    assert opening.at >= now
    assert next_slot(pacing, booked, LONG_AGO, opening.at, 0, opening.at) == opening.at
    assert (opening.hold is None) == (opening.at == now)
    before = (now + opening.at) // 2
    if before < opening.at:
        assert next_slot(pacing, booked, LONG_AGO, before, 0, before) is None


@pytest.mark.parametrize(
    ("day", "configured", "cap"),
    [
        (1, 200, 50),
        (7, 200, 50),
        (7, 30, 30),
        (8, 200, 100),
        (14, 200, 100),
        (15, 200, 150),
        (21, 200, 150),
        (22, 200, 200),
        (22, 80, 80),
    ],
)
def test_the_cap_warms_up_over_three_weeks(day: int, configured: int, cap: int) -> None:
    paired_at = MORNING
    for instant in (paired_at + (day - 1) * DAY, paired_at + day * DAY - 1):
        assert daily_cap(Pacing(daily_cap=configured), paired_at, instant) == cap
    assert daily_cap(Pacing(daily_cap=configured, warm_up=False), paired_at, paired_at) == configured


def test_fifteen_messages_an_hour_at_the_default_gap() -> None:
    assert len(take(Pacing(), Bookings(), MORNING, MORNING + HOUR - 1)[0]) == 15


def test_quiet_hours_across_midnight_end_in_the_morning() -> None:
    pacing = Pacing(quiet_from="21:00", quiet_to="08:00", timezone="Europe/Madrid")
    for hour in (20, 23, 26, 30):
        assert next_opening(pacing, Bookings(), LONG_AGO, MIDNIGHT + hour * HOUR) == (
            next_opening(pacing, Bookings(), LONG_AGO, MIDNIGHT + 31 * HOUR - 1)
        )
    opening = next_opening(pacing, Bookings(), LONG_AGO, MIDNIGHT + 20 * HOUR)
    assert (opening.at, opening.hold) == (MIDNIGHT + 31 * HOUR, Hold.QUIET_HOURS)
    assert next_opening(pacing, Bookings(), LONG_AGO, MIDNIGHT + 19 * HOUR).hold is None


def test_a_reached_cap_opens_at_the_next_local_midnight() -> None:
    pacing = Pacing(daily_cap=2, timezone="America/New_York")
    _, booked = take(pacing, Bookings(), MORNING, MORNING + HOUR, 2)
    opening = next_opening(pacing, booked, LONG_AGO, MORNING + HOUR)
    assert (opening.at, opening.hold) == (MIDNIGHT + 29 * HOUR, Hold.DAILY_CAP)


def test_an_urgent_message_skips_the_gap_but_not_the_cap_nor_quiet_hours() -> None:
    pacing = Pacing(daily_cap=3, quiet_from="22:00", quiet_to="06:00")
    _, booked = take(pacing, Bookings(), MORNING, MORNING, 1)
    at_once, after = take(pacing, booked, MORNING + 1, MORNING + HOUR, 9, urgent=True)
    assert at_once == [MORNING + 1] * 2
    assert (after.next_free_at, after.count) == (booked.next_free_at, 3)
    assert next_opening(pacing, Bookings(), LONG_AGO, MIDNIGHT + 23 * HOUR, urgent=True).hold is Hold.QUIET_HOURS


def test_only_looser_than_the_careful_defaults_is_warned_of() -> None:
    assert loosened(Pacing(gap_seconds=300, daily_cap=80, quiet_from="20:00", quiet_to="09:00")) == []
    assert len(loosened(Pacing(gap_seconds=60, daily_cap=500, warm_up=False))) == 3
