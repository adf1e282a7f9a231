"""Another attempt, only where a repeat does no harm."""

from dataclasses import replace

import pytest

from roost.domain.attempts import PAUSES, reassign_at, with_next_attempt
from roost.domain.messages import Message, MessageStatus
from roost.domain.reports import apply_report
from tests.domain.builders import NOW, a_message, a_report

S = MessageStatus


def failed(error_class: str, **error: object) -> Message:
    report = a_report("job.failed", error={"name": "RADIO_OFF", "class": error_class, **error})
    return apply_report(a_message(), report)


def test_a_job_that_certainly_never_reached_the_carrier_waits_for_its_second_attempt() -> None:
    again = with_next_attempt(failed("not_submitted"), NOW)
    assert (again.status, again.attempt, again.due_at) == (S.QUEUED, 2, NOW + PAUSES[0])
    assert (again.lease_epoch, again.error) == (None, None)
    assert S.FAILED not in again.moves
    assert "attempt 1 failed: RADIO_OFF" in [note.text for note in again.notes]


def test_there_is_no_fourth_attempt() -> None:
    message = failed("not_submitted")
    for attempt in (2, 3):
        message = with_next_attempt(message, NOW)
        assert message.attempt == attempt
        held = a_message(attempt=attempt, former_holders=message.former_holders)
        message = apply_report(held, a_report("job.failed", attempt=attempt, error={"class": "not_submitted"}))
    assert with_next_attempt(message, NOW).status is S.FAILED


@pytest.mark.parametrize("error_class", ["maybe_submitted", "unclear", "permanent", "something new"])
def test_any_other_failure_is_final(error_class: str) -> None:
    assert with_next_attempt(failed(error_class), NOW).status is S.FAILED


def test_a_text_that_went_out_in_part_is_never_repeated() -> None:
    assert with_next_attempt(failed("not_submitted", partial=True), NOW).status is S.FAILED


def test_an_unknown_outcome_is_repeated_only_if_the_message_says_so() -> None:
    report = a_report("job.unknown", reason="no_result")
    assert with_next_attempt(apply_report(a_message(), report), NOW).status is S.UNKNOWN
    assert with_next_attempt(apply_report(a_message(retry_unknown=True), report), NOW).attempt == 2


def test_there_is_no_attempt_past_the_deadline_nor_after_a_cancel() -> None:
    late = a_message(expires_at=NOW + PAUSES[0])
    canceled = a_message(cancel_requested_at=NOW)
    for message in (late, canceled):
        ended = apply_report(message, a_report("job.failed", error={"class": "not_submitted"}))
        assert with_next_attempt(ended, NOW).status is S.FAILED


def test_a_late_sent_of_the_first_attempt_is_believed_during_the_second() -> None:
    again = with_next_attempt(failed("not_submitted"), NOW)
    settled = apply_report(again, a_report("job.sent"))
    assert settled.status is S.SENT
    assert any("duplicate_risk" in note.text for note in settled.notes)


def test_only_a_message_whose_caller_accepts_a_repeat_may_go_to_another_phone_and_never_a_pinned_one() -> None:
    asked = a_message(status=S.ACCEPTED, reassign_after=60_000)
    assert reassign_at(asked, seen_at=1_000) == 61_000
    for changed in (
        replace(asked, reassign_after=None),
        replace(asked, pinned=True),
        replace(asked, cancel_requested_at=5),
        replace(asked, attempt=3),
    ):
        assert reassign_at(changed, seen_at=1_000) is None
