"""Days and minutes as text sort as the instants they come from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roost.domain.instants import DAY, day_of, day_start

INSTANTS = st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999)
"""From the year 1 to the end of 9999: whatever a caller may write as a time."""


@given(INSTANTS, INSTANTS)
def test_days_sort_as_instants_do_in_any_year(one: int, other: int) -> None:
    assert (day_of(one) < day_of(other)) == (day_start(one) < day_start(other))


@given(INSTANTS)
def test_a_day_has_eight_digits_and_lasts_until_the_next_begins(instant: int) -> None:
    assert len(day_of(instant)) == 8
    assert day_of(instant) == day_of(day_start(instant)) == day_of(day_start(instant) + DAY - 1)
