"""When the next attempt is due, and when it is enough."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.deliveries import GIVE_UP_AFTER, RETRY_AFTER, Attempt, Outcome, pause_after
from roost.domain.instants import DAY, HOUR, MINUTE, SECOND
from roost.domain.outages import Failure, after_failure, recovered
from roost.domain.webhooks import Endpoint, EventType, Lane, WebhookFormat

MIDDLE = b"\x80\x00"
NOW = 1_795_165_443_120


def an_endpoint(**members: Any) -> Endpoint:
    said: dict[str, Any] = {"description": "", "created_at": 0, **members}
    return Endpoint("acc1", "whk_1", "https://x.com", frozenset(EventType), WebhookFormat.STANDARD, "whsec_", **said)


def test_the_schedule_is_the_standards() -> None:
    assert [pause // SECOND for pause in RETRY_AFTER] == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert sum(RETRY_AFTER) == 75 * HOUR + 35 * MINUTE + 5 * SECOND


@given(tries=st.integers(1, 50), entropy=st.binary(min_size=2, max_size=2), asked=st.none() | st.integers(0, 10**9))
def test_a_pause_is_within_a_tenth_of_the_schedule_unless_the_receiver_asked_for_more(
    tries: int, entropy: bytes, asked: int | None
) -> None:
    planned = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
    pause = pause_after(tries, asked, entropy)
    least = min((asked or 0) * SECOND, DAY)
    assert max(planned * 9 // 10, least) <= pause <= max(planned * 11 // 10, least)


@pytest.mark.parametrize(("asked", "pause"), [(None, 5_000), (60, 60_000), (1, 5_000), (10**9, DAY)])
def test_retry_after_lengthens_a_pause_up_to_a_day_and_never_shortens_it(asked: int | None, pause: int) -> None:
    assert pause_after(1, asked, MIDDLE) == pytest.approx(pause, abs=1)


def failed(endpoint: Endpoint, now: int, *, others_passed: bool = False, status: int | None = 500) -> dict[str, Any]:
    failure = Failure(Outcome(5, status), tries=1)
    return after_failure(endpoint, failure, now, MIDDLE, others_passed=others_passed, new_outage=False)


def test_five_days_of_nothing_but_failures_disable_an_endpoint() -> None:
    failing = an_endpoint(outage_at=NOW, failing_since=NOW)
    assert failed(failing, NOW + GIVE_UP_AFTER - 1)["outage_at"] == NOW
    assert failed(failing, NOW + GIVE_UP_AFTER)["disabled_reason"] == "failing"
    assert failed(failing, NOW + GIVE_UP_AFTER, others_passed=True)["failing_since"] is None


def test_an_endpoint_that_is_gone_is_disabled_at_once() -> None:
    assert failed(an_endpoint(), NOW, status=410)["disabled_reason"] == "gone"


@pytest.mark.parametrize(
    ("lane", "milliseconds", "then"),
    [
        (Lane.OWN, 30, Lane.DIRECT),
        (Lane.OWN, 1_500, Lane.OWN),
        (Lane.DIRECT, 1_500, Lane.DIRECT),
        (Lane.DIRECT, 4_000, Lane.OWN),
    ],
)
def test_fast_answers_earn_the_direct_lane_and_slow_ones_lose_it(lane: Lane, milliseconds: int, then: Lane) -> None:
    attempt = Attempt("evt_1_sent", "message.sent", 1, NOW, Outcome(milliseconds, 204))
    assert recovered(an_endpoint(lane=lane), [attempt])["lane"] is then
    assert recovered(an_endpoint(lane=lane), [])["lane"] is lane
