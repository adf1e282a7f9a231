"""What came in over a phone besides texts, once per (phone, event id) however often it is offered."""

from __future__ import annotations

from collections.abc import Callable

from roost.domain import ids
from roost.domain.callbacks import CallMissed
from roost.domain.messages import Direction, Kind, Message, MessageStatus
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.transactions import AlreadyRecorded, MessageIdTaken, WriteConflict, inbound_record, put_message_once

TRIES = 5


def store_call(deps: Deps, phone: Phone, event: CallMissed) -> None:
    """A missed call is a row of its own kind: the stream tells whoever wants to know."""

    def call() -> Message:
        return Message(
            account=phone.account,
            id=deps.new_message_id(ids.CALL_SHARD),
            kind=Kind.CALL,
            direction=Direction.IN,
            peer=event.sender,
            text="",
            status=MessageStatus.RECEIVED,
            moves={MessageStatus.RECEIVED: event.received_at},
            segments=0,
            phone=phone.number,
            sim_slot=next((sim.slot for sim in phone.sims if sim.id == event.sim_id), None),
        )

    put_inbound_once(deps, phone, event.event_id, call)


def put_inbound_once(deps: Deps, phone: Phone, event_id: str, make: Callable[[], Message]) -> None:
    """Raises WriteConflict when other copies of the event keep coming in the way: the phone offers it again."""
    now = deps.now()
    for _ in range(TRIES):
        record = inbound_record(phone.account, phone.number, event_id, now)
        try:
            return put_message_once(deps.messages, make(), record, now)
        except AlreadyRecorded:
            return None
        except (MessageIdTaken, WriteConflict):
            continue
    raise WriteConflict
