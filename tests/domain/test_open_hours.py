"""When somebody may be reached: all clocks must say day at once."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.instants import DAY, HOUR, MINUTE, from_datetime
from roost.domain.open_hours import Window, distinct_zones, next_span
from roost.storage.number_plan import zones_of

ZONES = ("Europe/Madrid", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "Asia/Kolkata")
START = from_datetime(datetime.fromisoformat("2026-10-20T00:00:00Z"))
CLOCKS = st.integers(0, 47).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")


def is_day(at: int, zone: str) -> bool:
    local = datetime.fromtimestamp(at / 1_000, ZoneInfo(zone)).time()
    return time(8) <= local < time(21)


@given(
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    at=st.integers(0, 60 * 24 * 12).map(lambda minutes: START + minutes * MINUTE),
)
def test_a_span_is_day_in_every_zone_to_its_last_minute_and_nothing_earlier_was(zones: list[str], at: int) -> None:
    """Over both clock changes of autumn, each minute asked on its own."""
    span = next_span(None, zones, at)
    allowed = [moment for moment in range(at, at + DAY, 10 * MINUTE) if all(is_day(moment, zone) for zone in zones)]
    if span is None:
        assert allowed == []
        return
    assert all(is_day(moment, zone) for zone in zones for moment in (span.opens, span.closes - 1))
    assert not all(is_day(span.closes, zone) for zone in zones)
    assert not [moment for moment in allowed if moment < span.opens]


@given(start=CLOCKS, end=CLOCKS, days=st.sets(st.integers(1, 7), min_size=1), zone=st.sampled_from(ZONES))
def test_a_window_opens_on_its_days_at_its_time(start: str, end: str, days: set[int], zone: str) -> None:
    window = Window(start, end, zone, tuple(sorted(days)))
    if start == end:
        return
    span = next_span(window, (), START, by_day=False)
    assert span is not None
    opens = datetime.fromtimestamp(span.opens / 1_000, ZoneInfo(zone))
    if span.opens > START:
        assert opens.isoweekday() in days
        assert opens.strftime("%H:%M") == start
    assert span.closes - span.opens <= 25 * HOUR


@given(
    st.sampled_from(["+18005550100", "+14155551234", "+79161234567", "+61412345678", "+34600111222", "+15198001234"])
)
def test_the_distinct_zones_open_exactly_when_all_do(number: str) -> None:
    zones = zones_of(number)
    assert len(distinct_zones(zones)) <= 20
    for hour in range(0, 48, 6):
        at = START + hour * HOUR
        assert next_span(None, distinct_zones(zones), at) == next_span(None, zones, at)


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+34600111222", "Europe/Madrid"),
        ("+12125550100", "America/New_York"),
        ("+13105550100", "America/Los_Angeles"),
        ("+819012345678", "Asia/Tokyo"),
    ],
)
def test_a_number_tells_its_zone(number: str, zone: str) -> None:
    assert zones_of(number) == (zone,)
