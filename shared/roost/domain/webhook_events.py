"""Which events a change means. Pure, so that a repeated stream record means the same events under the same ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from roost.domain import ids
from roost.domain.event_data import CallData, MessageData, UssdData, WebhookTestData
from roost.domain.instants import rfc3339
from roost.domain.messages import RANK, SHOWN_AS, Direction, Kind, Message, MessageStatus
from roost.domain.webhooks import EventType

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


@dataclass(frozen=True, slots=True)
class Event:
    """`id`: the same however often it is told. `at`: ms. `data`: as the event's schema has it."""

    id: str
    type: EventType
    account: str
    at: int
    data: Mapping[str, Any]


def events_of_change(before: Message | None, after: Message) -> list[Event]:
    """What one write of a message made true, in the order it became true."""
    if after.kind is Kind.CALL:
        return [_missed_call(after)] if before is None else []
    known = before.moves if before is not None else {}
    if after.kind is Kind.USSD:
        return [_ussd_answer(after)] if S.DELIVERED in after.moves and S.DELIVERED not in known else []
    reached = [status for status in after.moves if status in EVENT_OF and status not in known]
    told = [_event(after, status) for status in sorted(reached, key=lambda status: RANK.get(status, 0))]
    return [_queued(after), *told] if before is None and after.direction is Direction.OUT else told


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


def _ussd_answer(request: Message) -> Event:
    at = request.moves[S.DELIVERED]
    data = UssdData(
        request_id=ids.spell("uss", request.id),
        phone_id=ids.spell("phn", request.phone or 0),
        sim_slot=request.sim_slot,
        request=request.text,
        response=request.answer or "",
        at=rfc3339(at),
    )
    return Event(f"evt_{request.id}_answered", E.USSD_ANSWERED, request.account, at, data.model_dump())


def _missed_call(call: Message) -> Event:
    at = call.moves.get(S.RECEIVED, call.created_at)
    data = CallData(from_=call.peer, phone_id=ids.spell("phn", call.phone or 0), sim_slot=call.sim_slot, at=rfc3339(at))
    return Event(f"evt_{call.id}_missed", E.CALL_MISSED, call.account, at, data.model_dump(by_alias=True))


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
