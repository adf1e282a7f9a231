"""Which events a change means. Pure, so that a repeated stream record means the same events under the same ids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from roost.domain import ids
from roost.domain.event_data import MessageData, WebhookTestData
from roost.domain.instants import rfc3339
from roost.domain.messages import RANK, SHOWN_AS, Direction, Kind, Message, MessageStatus
from roost.domain.row_events import events_of_answer, events_of_call, events_of_ussd
from roost.domain.webhooks import Event, EventType

S, E = MessageStatus, EventType

EVENT_OF: Mapping[MessageStatus, EventType] = MappingProxyType(
    {
        S.SENT: E.MESSAGE_SENT,
        S.DELIVERED: E.MESSAGE_DELIVERED,
        S.FAILED: E.MESSAGE_FAILED,
        S.UNDELIVERED: E.MESSAGE_FAILED,
        S.CANCELED: E.MESSAGE_FAILED,
        S.EXPIRED: E.MESSAGE_EXPIRED,
        S.UNKNOWN: E.MESSAGE_UNKNOWN,
        S.RECEIVED: E.MESSAGE_RECEIVED,
    }
)
"""What is told of each state a message reaches; the others are nobody's business. `message.queued` is its creation."""

ENDED_BADLY = frozenset({S.FAILED, S.UNDELIVERED, S.CANCELED, S.EXPIRED, S.UNKNOWN})


def events_of_change(before: Message | None, after: Message) -> list[Event]:
    """What one write of a message made true, in the order it became true."""
    if after.kind is Kind.USSD:
        return events_of_ussd(before, after)
    if after.kind is Kind.CALL:
        return events_of_call(before, after)
    known = before.moves if before is not None else {}
    reached = [status for status in after.moves if status in EVENT_OF and status not in known]
    told = [_event(after, status) for status in sorted(reached, key=lambda status: RANK.get(status, 0))]
    if before is not None:
        return told
    return [_queued(after), *told] if after.direction is Direction.OUT else [*told, *events_of_answer(after)]


def events_of_history(message: Message, since: int) -> list[Event]:
    """Everything told of a message from the instant `since` on, as it stands now."""
    return [event for event in events_of_change(None, message) if event.at >= since]


def event_again(message: Message, event_id: str) -> Event | None:
    """The event of this id, told anew."""
    return next((event for event in events_of_change(None, message) if event.id == event_id), None)


def message_of_event(event_id: str) -> int | None:
    """The message an event id is about; None for other events."""
    kind, _, rest = event_id.partition("_")
    number = rest.partition("_")[0]
    return int(number) if kind == "evt" and number.isdecimal() and len(number) <= 16 else None


def endpoint_test_event(account: str, endpoint: str, at: int, nonce: str) -> Event:
    data = WebhookTestData(webhook_id=endpoint, at=rfc3339(at))
    return Event(f"evt_test_{nonce}", E.WEBHOOK_TEST, account, at, data.model_dump())


def _queued(message: Message) -> Event:
    at = min(message.moves.values(), default=message.created_at)
    status = S.SCHEDULED if S.SCHEDULED in message.moves else S.QUEUED
    return Event(f"evt_{message.id}_queued", E.MESSAGE_QUEUED, message.account, at, _data(message, status, at))


def _event(message: Message, status: MessageStatus) -> Event:
    at = message.moves[status]
    return Event(f"evt_{message.id}_{status}", EVENT_OF[status], message.account, at, _data(message, status, at))


def _data(message: Message, status: MessageStatus, at: int) -> dict[str, Any]:
    outgoing = message.direction is Direction.OUT
    error = dict(message.error) if message.error and status in ENDED_BADLY else None
    data = MessageData(
        message_id=ids.spell("msg", message.id),
        direction="out" if outgoing else "in",
        to=message.peer if outgoing else None,
        from_=None if outgoing else message.peer,
        body=message.text,
        status=SHOWN_AS.get(status, status),
        phone_id=ids.spell("phn", message.phone) if message.phone is not None else None,
        sim_slot=message.sim_slot,
        segments=message.segments,
        attempt=message.attempt,
        created_at=rfc3339(message.created_at),
        at=rfc3339(at),
        error={"reason": "undelivered", **(error or {})} if status is S.UNDELIVERED else error,
    )
    return data.model_dump(by_alias=True)
