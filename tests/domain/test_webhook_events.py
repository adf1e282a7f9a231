"""Which events a write of a message means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.attempts import with_next_attempt
from roost.domain.event_data import DATA_OF
from roost.domain.instants import SECOND
from roost.domain.messages import MOVES, Direction, Kind, Message, MessageStatus, moved
from roost.domain.webhook_events import event_again, events_of_change, events_of_history, message_of_event

S = MessageStatus
AT = 1_795_165_443_120


def a_message(**members: Any) -> Message:
    said: dict[str, Any] = {"status": S.DISPATCHING, "moves": {S.QUEUED: AT, S.DISPATCHING: AT}, **members}
    return Message("acc1", 4_503_599_627_370, Direction.OUT, "+14155550123", "hi", segments=1, phone=1, **said)


def types(before: Message | None, after: Message) -> list[str]:
    return [event.type.value for event in events_of_change(before, after)]


def test_a_new_message_is_queued_and_a_scheduled_one_too() -> None:
    assert types(None, a_message()) == ["message.queued"]
    scheduled = a_message(status=S.SCHEDULED, moves={S.SCHEDULED: AT})
    [event] = events_of_change(None, scheduled)
    assert (event.type, event.data["status"]) == ("message.queued", "scheduled")
    assert types(scheduled, moved(scheduled, S.DISPATCHING, AT + 1)) == []


def test_a_received_message_is_told_once() -> None:
    received = Message("acc1", 1, Direction.IN, "+1", "yo", S.RECEIVED, {S.RECEIVED: AT}, 1)
    assert types(None, received) == ["message.received"]
    assert types(received, replace(received, revision=2)) == []


def test_an_answered_ussd_code_is_told_once_and_is_no_message() -> None:
    asked = a_message(kind=Kind.USSD, status=S.SENDING, moves={S.QUEUED: AT, S.SENDING: AT})
    assert types(None, asked) == []
    answered = moved(asked, S.DELIVERED, AT + 5, answer="Balance: 3.20")
    [event] = events_of_change(asked, answered)
    assert (event.type, event.data["response"], event.at) == ("ussd.answered", "Balance: 3.20", AT + 5)
    assert types(answered, replace(answered, revision=9)) == []


def test_a_missed_call_is_told_and_is_no_message() -> None:
    call = Message(
        "acc1", 1, Direction.IN, "+34600111222", "", S.RECEIVED, {S.RECEIVED: AT}, 0, kind=Kind.CALL, phone=2
    )
    [event] = events_of_change(None, call)
    assert (event.type, event.data["from"], event.data["phone_id"]) == ("call.missed", "+34600111222", "phn_2")
    assert types(call, replace(call, revision=2)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [(" Stop. ", ["contact.opted_out"]), ("START", ["contact.opted_in"]), ("please stop by", [])],
)
def test_a_received_stop_or_start_tells_of_the_contact_too(text: str, told: list[str]) -> None:
    received = Message("acc1", 1, Direction.IN, "+34 600 111 222", text, S.RECEIVED, {S.RECEIVED: AT}, 1)
    events = events_of_change(None, received)
    assert [event.type for event in events] == ["message.received", *told]
    assert all(event.data["phone"] == "+34600111222" for event in events[1:])
    assert [event_again(received, event.id) for event in events] == events


def test_sent_and_delivered_reported_together_are_two_events_in_order() -> None:
    before = a_message(status=S.SENDING, moves={S.QUEUED: AT, S.SENDING: AT + 1})
    after = moved(moved(before, S.SENT, AT + 2), S.DELIVERED, AT + 9)
    assert types(before, after) == ["message.sent", "message.delivered"]
    assert [event.at for event in events_of_change(before, after)] == [AT + 2, AT + 9]


def test_a_failure_that_is_tried_again_is_no_event() -> None:
    error = {"class": "not_submitted", "name": "RADIO_OFF"}
    before = a_message(status=S.SENDING, lease_epoch=3, expires_at=AT + 3_600 * SECOND)
    after = with_next_attempt(moved(before, S.FAILED, AT + 1, error=error), AT + 1)
    assert after.status is S.QUEUED
    assert types(before, after) == []


def test_what_the_carrier_did_not_deliver_has_failed_and_says_why() -> None:
    before = moved(a_message(), S.SENT, AT + 1)
    [event] = events_of_change(before, moved(before, S.UNDELIVERED, AT + 2))
    assert (event.type, event.data["status"], event.data["error"]) == (
        "message.failed",
        "failed",
        {"reason": "undelivered"},
    )


def test_an_event_told_again_is_the_same_event() -> None:
    before = a_message()
    after = moved(before, S.SENT, AT + 1)
    [event] = events_of_change(before, after)
    assert event_again(after, event.id) == event
    assert message_of_event(event.id) == after.id
    assert [told.id for told in events_of_history(after, AT + 1)] == [event.id]
    for other in ("evt_phn1_connected_1", "evt_test_00", "msg_1_sent", "evt_", "evt_99999999999999999_sent"):
        assert message_of_event(other) is None


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=12))
def test_every_event_of_any_life_is_told_once_and_fits_its_schema(path: list[MessageStatus]) -> None:
    told, message = events_of_change(None, a_message()), a_message()
    for place, status in enumerate(path):
        if not message.can_move_to(status):
            continue
        after = moved(message, status, AT + place, error={"name": "X"})
        told += events_of_change(message, after)
        assert events_of_change(after, replace(after, revision=9)) == []
        message = after
    assert len({event.id for event in told}) == len(told)
    assert {event.id for event in events_of_history(message, 0)} == {event.id for event in told}
    for event in told:
        DATA_OF[event.type].model_validate(event.data)
