"""The finishing time is what phones that pull one after another reach, by the rules that pace them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from roost.domain.finishing import Sending, finishes_at
from roost.domain.instants import DAY, HOUR, SECOND
from roost.domain.pacing import Bookings, Pacing, book, next_opening

NOW = 3_377_923_200_000
"""2077-01-15 08:00 UTC."""

PHONES = st.builds(
    Sending,
    pacing=st.builds(
        Pacing,
        gap_seconds=st.sampled_from([60, 240, 1_000]),
        daily_cap=st.integers(1, 60),
        warm_up=st.booleans(),
        quiet_from=st.just("20:00"),
        quiet_to=st.sampled_from(["08:00", "11:30"]),
        timezone=st.sampled_from(["UTC", "Europe/Madrid", "America/Los_Angeles"]),
    ),
    booked=st.builds(Bookings, next_free_at=st.integers(0, 5 * HOUR).map(lambda later: NOW + later)),
    paired_at=st.integers(0, 30).map(lambda days: NOW - days * DAY),
)


def by_hand(phones: list[Sending], messages: int) -> int:
    """Each message to the phone that opens first, one at a time."""
    booked = [phone.booked for phone in phones]
    last = NOW
    for _ in range(messages):
        openings = [
            next_opening(phone.pacing, booked[place], phone.paired_at, max(NOW, booked[place].next_free_at)).at
            for place, phone in enumerate(phones)
        ]
        place = min(range(len(phones)), key=openings.__getitem__)
        at = openings[place]
        booked[place] = book(phones[place].pacing, booked[place], at, at)
        last = max(last, at)
    return last


@settings(max_examples=60, deadline=None)
@given(phones=st.lists(PHONES, min_size=1, max_size=4), messages=st.integers(1, 60))
def test_the_bound_is_what_the_pacing_rules_reach_message_by_message(phones: list[Sending], messages: int) -> None:
    assert finishes_at(phones, messages, NOW) == by_hand(phones, messages)


def test_without_phones_there_is_no_finishing_time_and_nothing_is_through_at_once() -> None:
    assert finishes_at([], 1, NOW) is None
    assert finishes_at([], 0, NOW) == NOW


def test_a_hundred_messages_of_one_phone_take_ninety_nine_gaps() -> None:
    phone = Sending(Pacing(240, 200, warm_up=False), Bookings(), NOW)
    assert finishes_at([phone], 100, NOW) == NOW + 99 * 240 * SECOND
