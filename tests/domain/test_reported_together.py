"""Which outcomes of one claim are a call of their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roost.domain.instants import SECOND
from roost.domain.leases import REPORTED_TOGETHER, reported_at_once
from roost.domain.messages import Message, Priority
from tests.domain.builders import a_message


def job(number: int, seconds: float, priority: Priority = Priority.NORMAL) -> Message:
    return a_message(id=number, due_at=0, slot_at=round(seconds * SECOND), priority=priority)


def test_of_a_burst_the_last_takes_the_others_along() -> None:
    assert reported_at_once([job(number, 3 * number) for number in range(1, 11)]) == {10}


def test_jobs_a_gap_apart_are_reported_each() -> None:
    assert reported_at_once([job(number, 240 * number) for number in range(1, 4)]) == {1, 2, 3}


def test_an_urgent_one_waits_for_nobody() -> None:
    assert reported_at_once([job(1, 0, Priority.URGENT), job(2, 1), job(3, 2)]) == {1, 3}


def test_bulk_rides_on_calls_that_come_anyway() -> None:
    assert reported_at_once([job(1, 0, Priority.BULK), job(2, 240, Priority.BULK)]) == frozenset()


def test_nothing_granted_is_nothing_reported() -> None:
    assert reported_at_once([]) == frozenset()


@given(st.lists(st.integers(0, 600), min_size=1, max_size=10))
def test_nobody_waits_longer_than_a_minute_for_the_call_that_takes_it_along(seconds: list[int]) -> None:
    jobs = [job(number, at) for number, at in enumerate(sorted(seconds), start=1)]
    calls = [sorted(seconds)[number - 1] for number in reported_at_once(jobs)]
    for at in seconds:
        assert any(0 <= call - at <= REPORTED_TOGETHER / SECOND for call in calls)
