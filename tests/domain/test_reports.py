"""What reports do to a message, in any order, any number of times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.messages import FINAL, MOVES, RANK, Message, MessageStatus, moved
from roost.domain.reports import JOB_EVENTS, OUTCOMES, NotTheHolder, Report, apply_report, requeued
from roost.domain.timelines import timeline
from tests.domain.builders import NOW, a_message, a_report

S = MessageStatus
outcomes = st.sampled_from(sorted(OUTCOMES))


def reported(message: Message, types: list[str]) -> Message:
    for index, type_ in enumerate(types):
        message = apply_report(message, a_report(type_, at=NOW + index))
    return message


@given(st.lists(outcomes, min_size=1, max_size=8))
def test_the_highest_fact_known_wins(types: list[str]) -> None:
    best = max((OUTCOMES[type_] for type_ in types), key=RANK.__getitem__)
    assert reported(a_message(), types).status is best


@given(st.lists(outcomes, min_size=1, max_size=6), st.randoms())
def test_the_order_of_arrival_never_matters(types: list[str], random: object) -> None:
    shuffled = list(types)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reported(a_message(), types).status is reported(a_message(), shuffled).status


@given(st.lists(outcomes, min_size=1, max_size=6))
def test_a_repeated_report_changes_nothing(types: list[str]) -> None:
    once = reported(a_message(), types)
    assert reported(once, types) == once


@given(st.lists(st.sampled_from(sorted(JOB_EVENTS)), max_size=10))
def test_a_final_state_is_only_left_for_a_higher_fact_and_with_a_note(types: list[str]) -> None:
    message = a_message()
    for index, type_ in enumerate(types):
        try:
            after = apply_report(message, a_report(type_, at=NOW + index))
        except NotTheHolder:
            continue
        if message.status in FINAL and after.status is not message.status:
            assert RANK[after.status] > RANK[message.status]
            ordinary = message.status is S.SENT and after.status in (S.DELIVERED, S.UNDELIVERED)
            assert ordinary or len(after.notes) > len(message.notes)
        message = after


def test_late_good_news_settles_an_unknown_outcome() -> None:
    message = reported(a_message(), ["job.sending", "job.unknown", "job.sent"])
    assert message.status is S.SENT
    assert [note.text for note in message.notes] == ["corrected: unknown became sent"]


def test_a_late_failure_does_not_undo_a_delivery() -> None:
    assert reported(a_message(), ["job.delivered", "job.failed"]).status is S.DELIVERED


def test_a_failed_delivery_after_a_good_hand_off_is_kept_apart_from_a_failed_send() -> None:
    assert reported(a_message(), ["job.sent", "job.undelivered"]).status is S.UNDELIVERED
    assert reported(a_message(), ["job.sent", "job.failed"]).status is S.SENT


@pytest.mark.parametrize("members", [{"phone": 2}, {"lease_epoch": 6}, {"attempt": 2}], ids=str)
def test_a_phone_that_never_held_the_job_changes_nothing(members: dict[str, int]) -> None:
    for type_ in sorted(JOB_EVENTS):
        with pytest.raises(NotTheHolder):
            apply_report(a_message(), a_report(type_, **members))


def test_a_former_holder_is_believed_about_the_air_only() -> None:
    again = requeued(a_message(), NOW)
    sent = apply_report(again, a_report("job.sent"))
    assert sent.status is S.SENT
    assert any("duplicate_risk" in note.text for note in sent.notes)
    for type_ in ("job.failed", "job.sending", "job.released", "job.unknown", "job.expired"):
        with pytest.raises(NotTheHolder):
            apply_report(again, a_report(type_))


def test_a_job_given_back_unsent_is_due_again() -> None:
    back = apply_report(a_message(), a_report("job.released", reason="not_held"))
    assert (back.status, back.lease_epoch, back.claim_id) == (S.DISPATCHING, None, None)


def test_a_job_given_back_while_sending_is_unknown_and_not_sent_again() -> None:
    message = reported(a_message(), ["job.sending", "job.released"])
    assert message.status is S.UNKNOWN


def test_part_reports_are_a_set() -> None:
    message = a_message()
    for part in (3, 1, 3, 2, 1):
        message = apply_report(message, a_report("job.part_sent", part=part))
    assert message.parts_sent == {1, 2, 3}


def test_the_outcome_carries_the_times_of_the_steps_before_it() -> None:
    message = apply_report(a_message(), a_report("job.sent", times={S.SENDING: NOW + 400}))
    assert (message.moves[S.SENDING], message.moves[S.SENT]) == (NOW + 400, NOW + 1_000)


def test_a_step_is_never_shown_before_the_one_it_follows() -> None:
    report = Report("job.delivered", 1, 1, 7, at=NOW - 5_000, times={S.SENT: NOW - 9_000, S.SENDING: NOW - 9_500})
    shown = timeline(apply_report(a_message(), report))
    assert [entry.status for entry in shown] == [S.QUEUED, S.DISPATCHING, S.DISPATCHING, S.SENDING, S.SENT, S.DELIVERED]
    assert [entry.at for entry in shown] == [NOW] * 6


def test_every_state_but_the_last_can_be_left_and_no_move_is_its_own() -> None:
    assert set(MOVES) == set(S) - {S.CANCELING}, "canceling is only shown"
    assert {status for status in MOVES if not MOVES[status]} == {S.DELIVERED, S.RECEIVED}
    assert not any(status in targets for status, targets in MOVES.items())


@pytest.mark.parametrize("status", [S.SENDING, S.SENT, S.UNDELIVERED, S.DELIVERED, S.EXPIRED, S.CANCELED], ids=str)
def test_what_may_have_been_on_the_air_or_has_ended_never_returns_to_the_queue(status: S) -> None:
    for target in (S.QUEUED, S.DISPATCHING, S.LEASED):
        with pytest.raises(ValueError, match="may not become"):
            moved(a_message(status), target, NOW)
