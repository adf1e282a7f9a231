"""What came in over a phone besides texts, once per (phone, event id) however often it is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from roost.domain import ids
from roost.domain.callbacks import CallMissed, MmsReceived
from roost.domain.messages import Direction, Kind, Message, MessageStatus
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.runtime.log import concerns
from roost.storage.transactions import AlreadyRecorded, MessageIdTaken, WriteConflict, inbound_record, put_message_once

TRIES = 5


def store_call(deps: Deps, phone: Phone, event: CallMissed) -> None:
    """A missed call is a row of its own kind: the stream tells whoever wants to know."""

    put_inbound_once(deps, phone, event.event_id, lambda: _row(deps, phone, event, Kind.CALL, ids.CALL_SHARD))


def store_mms(deps: Deps, phone: Phone, event: MmsReceived) -> None:
    """Among the messages. Its parts lie in the bucket already, under names that a repeat would write again."""

    def mms() -> Message:
        row = _row(deps, phone, event, Kind.MMS, ids.ONLY_SHARD)
        return replace(row, text=event.text, segments=1, parts_in=event.parts)

    put_inbound_once(deps, phone, event.event_id, mms)


def _row(deps: Deps, phone: Phone, event: CallMissed | MmsReceived, kind: Kind, shard: int) -> Message:
    return Message(
        account=phone.account,
        id=deps.new_message_id(shard),
        kind=kind,
        direction=Direction.IN,
        peer=event.sender,
        text="",
        status=MessageStatus.RECEIVED,
        moves={MessageStatus.RECEIVED: event.received_at},
        segments=0,
        phone=phone.number,
        sim_slot=next((sim.slot for sim in phone.sims if sim.id == event.sim_id), None),
    )


def put_inbound_once(deps: Deps, phone: Phone, event_id: str, make: Callable[[], Message]) -> None:
    """Raises WriteConflict when other copies of the event keep coming in the way: the phone offers it again."""
    now = deps.now()
    for _ in range(TRIES):
        record = inbound_record(phone.account, phone.number, event_id, now)
        message = make()
        try:
            put_message_once(deps.messages, message, record, now)
            return concerns(message.id)
        except AlreadyRecorded:
            return None
        except (MessageIdTaken, WriteConflict):
            continue
    raise WriteConflict
