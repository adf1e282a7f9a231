"""HighLevel's limits, and how two sides agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.highlevel_contacts import ContactThere, agree, contact_there
from roost.domain.highlevel_errands import BUSY_TRIES, MOST_EARLY, Verdict, verdict_of
from roost.domain.highlevel_rates import CALLS_PER_DAY, Budget
from roost.domain.instants import DAY, SECOND
from tests.roost_fixtures import START

HUNDRED, TEN_SECONDS = 100, 10 * SECOND


@given(bursts=st.lists(st.tuples(st.integers(1, 130), st.integers(0, 11 * SECOND)), min_size=1, max_size=4))
def test_no_ten_seconds_see_more_than_a_hundred_calls_wherever_they_begin(bursts: list[tuple[int, int]]) -> None:
    now, budget, calls = START, Budget([], 0, 0), []
    for size, pause in bursts:
        now += pause
        for _ in range(size):
            now = budget.may_call_at(now)
            budget.count(now)
            calls.append(now)
    assert max(sum(at <= other < at + TEN_SECONDS for other in calls) for at in calls) <= HUNDRED


def test_the_day_s_calls_are_used_up_until_midnight_utc() -> None:
    budget = Budget([], START - START % DAY, CALLS_PER_DAY)
    assert budget.may_call_at(START) == START - START % DAY + DAY
    assert budget.may_call_at(START + DAY) == START + DAY


@pytest.mark.parametrize(
    ("headers", "status", "waits"),
    [
        ({"x-ratelimit-remaining": "5"}, 200, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-interval-milliseconds": "10000"}, 200, 10 * SECOND),
        ({}, 429, 10 * SECOND),
        ({"retry-after": "30"}, 429, 30 * SECOND),
        ({"retry-after": "soon", "x-ratelimit-remaining": "-1"}, 429, 10 * SECOND),
        ({"x-ratelimit-daily-remaining": "0"}, 200, DAY - START % DAY),
    ],
)
def test_what_highlevel_says_of_its_own_count_wins(headers: dict[str, str], status: int, waits: int) -> None:
    budget = Budget([START], START - START % DAY, 1)
    budget.learn(headers, status, START)
    assert budget.may_call_at(START) - START == waits


@given(agreed=st.booleans(), local=st.booleans(), tagged=st.booleans(), dnd=st.booleans())
def test_after_one_comparison_both_sides_hold_the_same_and_a_second_changes_nothing(
    agreed: bool, local: bool, tagged: bool, dnd: bool
) -> None:
    first = agree(agreed, local, ContactThere("c", tagged, dnd))
    wanted = first.do_not_contact
    assert first.local_changes == (local != wanted)
    assert first.there_changes == (tagged != wanted or dnd != wanted)
    again = agree(wanted, wanted, ContactThere("c", wanted, wanted))
    assert (again.do_not_contact, again.local_changes, again.there_changes) == (wanted, False, False)
    if {local, tagged, dnd} == {agreed}:
        assert wanted == agreed, "who changed nothing is told nothing"


@pytest.mark.parametrize(
    ("tags", "dnd", "settings", "expected"),
    [
        (["vip", "DNC"], False, {}, (True, False)),
        (None, None, None, (False, False)),
        ("dnc", True, [], (False, True)),
        ([], False, {"SMS": {"status": "active"}}, (False, True)),
        ([], False, {"SMS": {"status": "permanent"}}, (False, True)),
        ([], False, {"SMS": {"status": "inactive"}, "Email": {"status": "active"}}, (False, False)),
    ],
)
def test_active_means_that_do_not_disturb_is_on(
    tags: object, dnd: object, settings: object, expected: tuple[bool, bool]
) -> None:
    there = contact_there("c", tags, dnd, settings, "dnc")
    assert (there.tagged, there.dnd) == expected


@pytest.mark.parametrize(
    ("status", "early", "tries", "may_be_early", "verdict"),
    [
        (None, 0, 9, False, Verdict.BUSY),
        (503, 0, 0, True, Verdict.BUSY),
        (500, 0, BUSY_TRIES, True, Verdict.REFUSED),
        (403, 0, 0, True, Verdict.SOON),
        (403, MOST_EARLY, 0, True, Verdict.REFUSED),
        (403, 0, 0, False, Verdict.REFUSED),
        (422, 0, 0, True, Verdict.REFUSED),
    ],
)
def test_a_refusal_is_too_early_about_one_errand_or_about_highlevel(
    status: int | None, early: int, tries: int, may_be_early: bool, verdict: Verdict
) -> None:
    assert verdict_of(status, early, tries, may_be_early=may_be_early) is verdict
