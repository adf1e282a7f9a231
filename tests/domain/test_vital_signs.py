"""What is counted of a message, once each."""

from __future__ import annotations

import pytest

from roost.domain.messages import Direction, Kind, MessageStatus, moved
from roost.domain.vital_signs import Reading, Sign, readings_of
from tests.domain.builders import NOW, a_message

S = MessageStatus


def test_a_new_message_counts_as_accepted_and_no_change_of_it_does() -> None:
    queued = a_message(S.QUEUED)
    assert list(readings_of(None, queued)) == [Reading(Sign.ACCEPTED, 1)]
    assert list(readings_of(queued, moved(queued, S.DISPATCHING, NOW))) == []


@pytest.mark.parametrize(
    ("status", "sign"),
    [(S.FAILED, Sign.FAILED), (S.UNDELIVERED, Sign.FAILED), (S.EXPIRED, Sign.FAILED), (S.UNKNOWN, Sign.UNKNOWN)],
)
def test_each_bad_end_is_counted_once(status: MessageStatus, sign: Sign) -> None:
    held = a_message(S.LEASED)
    ended = moved(held, status, NOW + 5_000)
    assert list(readings_of(held, ended)) == [Reading(sign, 1)]
    assert list(readings_of(ended, ended)) == []


def test_what_its_owner_canceled_did_not_fail() -> None:
    queued = a_message(S.QUEUED)
    assert list(readings_of(queued, moved(queued, S.CANCELED, NOW))) == []


def test_a_delivery_says_how_long_it_took_unless_the_message_was_to_wait() -> None:
    sent = a_message(S.SENT)
    took = set(readings_of(sent, moved(sent, S.DELIVERED, NOW + 12_345)))
    assert took == {Reading(Sign.DELIVERED, 1), Reading(Sign.SECONDS_TO_DELIVER, 12)}
    later = a_message(S.SENT, moves={S.SCHEDULED: NOW, S.SENT: NOW})
    assert list(readings_of(later, moved(later, S.DELIVERED, NOW + 12_345))) == [Reading(Sign.DELIVERED, 1)]


def test_what_comes_in_and_what_is_no_text_is_not_counted() -> None:
    assert not list(readings_of(None, a_message(S.RECEIVED, direction=Direction.IN)))
    assert not list(readings_of(None, a_message(S.QUEUED, kind=Kind.USSD)))


def test_there_are_fewer_metrics_than_cost_something() -> None:
    assert len(Sign) + len({"UnhandledErrors"}) < 10
