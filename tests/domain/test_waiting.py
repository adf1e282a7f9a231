"""Why a message has not left yet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.instants import DAY, HOUR, MINUTE
from roost.domain.messages import CLAIMABLE, Message, MessageStatus, Priority
from roost.domain.pacing import Bookings, Pacing
from roost.domain.phones import Phone
from roost.domain.waiting import Reason, why_waiting
from tests.domain.builders import NOW, a_message, a_phone

S = MessageStatus
TODAY = "20270115"
QUIET = Pacing(quiet_from="07:00", quiet_to="09:30")
QUEUED = a_message(S.QUEUED, lease_epoch=None, due_at=NOW)

CASES: list[tuple[Reason, Message, Phone, int | None, str]] = [
    (Reason.SCHEDULED, a_message(S.SCHEDULED, due_at=NOW + HOUR, phone=None), a_phone(), NOW + HOUR, "scheduled for"),
    (Reason.GAP, QUEUED, a_phone(booked=Bookings(NOW + MINUTE)), NOW + MINUTE, "gap of 240 s"),
    (Reason.DAILY_CAP, QUEUED, a_phone(booked=Bookings(0, TODAY, 50)), NOW + 16 * HOUR, "today's cap of 50"),
    (
        Reason.QUIET_HOURS,
        QUEUED,
        a_phone(pacing=Pacing(quiet_from="07:00", quiet_to="09:30")),
        NOW + HOUR + 30 * MINUTE,
        "07:00",
    ),
    (Reason.PHONE_DISABLED, QUEUED, a_phone(enabled=False), None, "disabled"),
    (Reason.PHONE_SILENT, QUEUED, a_phone(seen_at=NOW - HOUR), None, "has not called since"),
    (Reason.PHONE_WAKING, QUEUED, a_phone(), NOW, "woken"),
    (Reason.NEXT_ATTEMPT, a_message(S.QUEUED, attempt=2, due_at=NOW + 30_000), a_phone(), NOW + 30_000, "attempt 2"),
    (Reason.HELD, a_message(S.ACCEPTED, slot_at=NOW + MINUTE), a_phone(), NOW + MINUTE, "holds it"),
]


@pytest.mark.parametrize(("reason", "message", "phone", "until", "words"), CASES, ids=[case[0].value for case in CASES])
def test_a_waiting_message_says_why_and_until_when(
    reason: Reason, message: Message, phone: Phone, until: int | None, words: str
) -> None:
    wait = why_waiting(message, phone, NOW)
    assert wait is not None
    assert (wait.reason, wait.until) == (reason, until)
    assert words in wait.detail


def test_a_code_does_not_wait_for_the_gap() -> None:
    wait = why_waiting(a_message(S.QUEUED, priority=Priority.URGENT), a_phone(booked=Bookings(NOW + MINUTE)), NOW)
    assert wait is not None
    assert wait.reason is Reason.PHONE_WAKING


@given(st.sampled_from(sorted(S)), st.integers(0, 3 * DAY), st.integers(0, 80), st.booleans())
def test_every_waiting_message_has_a_reason_and_no_other_has(
    status: S, silent: int, booked: int, enabled: bool
) -> None:
    phone = a_phone(seen_at=NOW - silent, enabled=enabled, booked=Bookings(NOW + MINUTE, TODAY, booked))
    message = a_message(status, slot_at=NOW + 1, due_at=NOW + 1)
    wait = why_waiting(message, phone, NOW)
    assert (wait is not None) == (status in CLAIMABLE | {S.SCHEDULED, S.LEASED, S.ACCEPTED})
    assert wait is None or wait.until is None or wait.until >= NOW
