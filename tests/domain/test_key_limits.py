"""The rolling minute, the day and the spending of a key, without a table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.errors import DailyLimitReached, RateLimited, SpendingLimitReached
from roost.domain.instants import DAY, MINUTE, SECOND
from roost.domain.key_limits import (
    NO_LIMITS,
    KeyLimits,
    KeyUse,
    check_key_limits,
    free_slots,
    new_slots,
    quotas_of,
    with_request,
)
from roost.domain.money import ONE_REQUEST, Cost, Price

NOW = 1_800_000_000_000


def admitted(limit: int, gaps: list[int], picks: list[int]) -> list[int]:
    """The instants at which requests that come `gaps` ms apart were let in, each taking any free slot."""
    limits, use, now, passed = KeyLimits(per_minute=limit), KeyUse(new_slots(limit)), NOW, []
    for gap, pick in zip(gaps, picks, strict=False):
        now += gap
        try:
            check_key_limits(limits, use, ONE_REQUEST, now)
        except RateLimited:
            continue
        free = free_slots(use, now)
        use = with_request(use, ONE_REQUEST, free[pick % len(free)], now)
        passed.append(now)
    return passed


GAPS = st.lists(st.integers(0, 40 * SECOND), min_size=1, max_size=60)
PICKS = st.lists(st.integers(0, 1_000), min_size=60, max_size=60)


@given(st.integers(1, 8), GAPS, PICKS)
def test_no_window_of_60_seconds_ever_holds_more_than_the_limit(limit: int, gaps: list[int], picks: list[int]) -> None:
    passed = admitted(limit, gaps, picks)
    for end in passed:
        assert sum(end - MINUTE < at <= end for at in passed) <= limit


@given(st.integers(1, 8), GAPS, PICKS)
def test_a_request_is_refused_only_if_the_last_60_seconds_are_full(
    limit: int, gaps: list[int], picks: list[int]
) -> None:
    passed, now = admitted(limit, gaps, picks), NOW
    arrivals = [now := now + gap for gap in gaps]
    for refused in set(arrivals) - set(passed):
        assert sum(refused - MINUTE < at <= refused for at in passed) == limit


@given(st.integers(1, 8), GAPS, PICKS, st.integers(1, 12))
def test_another_limit_keeps_the_newest_requests_taken(
    limit: int, gaps: list[int], picks: list[int], after: int
) -> None:
    passed = admitted(limit, gaps, picks)
    slots = new_slots(after, tuple(passed[-limit:]))
    assert len(slots) == after
    assert sorted(taken for taken in slots if taken) == passed[-min(limit, after) :]


def test_who_waits_as_long_as_the_refusal_says_is_let_in() -> None:
    limits, use = KeyLimits(per_minute=2), KeyUse((NOW - 59_999, NOW - 1))
    with pytest.raises(RateLimited) as refused:
        check_key_limits(limits, use, ONE_REQUEST, NOW)
    check_key_limits(limits, use, ONE_REQUEST, NOW + refused.value.retry_after * SECOND)


def test_a_day_counts_each_message_and_begins_at_midnight_utc() -> None:
    limits, use = KeyLimits(per_day=10), KeyUse()
    use = with_request(use, Cost(8), None, NOW)
    check_key_limits(limits, use, Cost(2), NOW)
    with pytest.raises(DailyLimitReached) as refused:
        check_key_limits(limits, use, Cost(3), NOW)
    assert (NOW + refused.value.retry_after * SECOND) % DAY == 0
    check_key_limits(limits, use, Cost(10), NOW + refused.value.retry_after * SECOND)


def test_spending_is_counted_to_the_millionth() -> None:
    limits = KeyLimits(spending=20_000)
    check_key_limits(limits, KeyUse(spent=10_000), Cost(1, Price(1, 10_000)), NOW)
    with pytest.raises(SpendingLimitReached, match=r"0\.009999 USD more, this costs 0\.010000"):
        check_key_limits(limits, KeyUse(spent=10_001), Cost(1, Price(1, 10_000)), NOW)


def test_what_costs_nothing_is_allowed_however_much_was_spent() -> None:
    """A limit may be lowered below what was spent, and late truth may take spending over it."""
    check_key_limits(KeyLimits(spending=20_000), KeyUse(spent=30_000), ONE_REQUEST, NOW)


def test_what_is_left_is_told_for_each_limit_of_time() -> None:
    use = KeyUse((NOW - 10 * SECOND, 0, 0), day="20270115", day_count=4)
    minute, day = quotas_of(KeyLimits(per_minute=3, per_day=5), use, NOW)
    assert (minute.name, minute.limit, minute.window, minute.remaining, minute.resets_in) == ("minute", 3, 60, 2, 50)
    assert (day.name, day.limit, day.window, day.remaining) == ("day", 5, 86_400, 1)
    assert quotas_of(NO_LIMITS, replace(use, slots=()), NOW) == ()
