"""What came in over a phone, once per (phone, event id) however often it is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from roost.domain import ids
from roost.domain.callbacks import CallMissed, MmsReceived, TextReceived
from roost.domain.conversations import after_received, peer_of
from roost.domain.errors import TryLater
from roost.domain.messages import Direction, Kind, Message, MessageStatus
from roost.domain.number_plan import number_of_sender
from roost.domain.phone_numbers import as_e164
from roost.domain.phones import Phone, Sim
from roost.domain.segments import segments_of
from roost.runtime.deps import Deps
from roost.runtime.log import concerns
from roost.storage.conversations import conversation_write
from roost.storage.number_plan import dialling_of
from roost.storage.transactions import (
    AlreadyRecorded,
    Changed,
    MessageIdTaken,
    Write,
    WriteConflict,
    inbound_record,
    put_message_once,
)
from roost.usecases.known_conversation import known_conversation
from roost.usecases.opt_outs import answer_write, follow_opt_out

TRIES = 8

Along = Callable[[Message], tuple[Write, ...]]


def store_text(deps: Deps, phone: Phone, event: TextReceived) -> None:
    """With its conversation. A STOP takes effect in the same write."""

    def text() -> Message:
        row = _row(deps, phone, event, Kind.SMS, ids.ONLY_SHARD)
        return replace(row, text=event.text, segments=segments_of(event.text).count, in_conversation=True)

    _store_words(deps, phone, event.event_id, text)


def store_mms(deps: Deps, phone: Phone, event: MmsReceived) -> None:
    """Among the messages. Its parts lie in the bucket already, under names that a repeat would write again."""

    def mms() -> Message:
        row = _row(deps, phone, event, Kind.MMS, ids.ONLY_SHARD)
        return replace(row, text=event.text, segments=1, parts_in=event.parts, in_conversation=True)

    _store_words(deps, phone, event.event_id, mms)


def store_call(deps: Deps, phone: Phone, event: CallMissed) -> None:
    """A missed call is a row of its own kind: the stream tells whoever wants to know."""

    _put_once(deps, phone, event.event_id, lambda: _row(deps, phone, event, Kind.CALL, ids.CALL_SHARD), _nothing)


def _store_words(deps: Deps, phone: Phone, event_id: str, make: Callable[[], Message]) -> None:
    def along(message: Message) -> tuple[Write, ...]:
        before = known_conversation(deps, message.account, peer_of(message.peer))
        after = after_received(before, message, deps.now())
        return (conversation_write(deps.contacts, before, after), *answer_write(deps, message))

    _put_once(deps, phone, event_id, make, along)
    follow_opt_out(deps, phone, make())


def _nothing(_: Message) -> tuple[Write, ...]:
    return ()


def _row(deps: Deps, phone: Phone, event: CallMissed | MmsReceived | TextReceived, kind: Kind, shard: int) -> Message:
    sim = next((sim for sim in phone.sims if sim.id == event.sim_id), None)
    return Message(
        account=phone.account,
        id=deps.new_message_id(shard),
        kind=kind,
        direction=Direction.IN,
        peer=_peer(event.sender, (sim,) if sim else phone.sims),
        text="",
        status=MessageStatus.RECEIVED,
        moves={MessageStatus.RECEIVED: event.received_at},
        segments=0,
        phone=phone.number,
        sim_slot=sim.slot if sim else None,
    )


def _peer(sender: str, sims: Sequence[Sim]) -> str:
    """E.164 whenever that can be said, so that a STOP counts and the conversation is one whatever the network shows.
    `sims`: that received it, or all of a phone that does not say which; they help if they are of one country."""
    known = as_e164(sender)
    if known is not None:
        return known
    countries = {dialling_of(sim) for sim in sims}
    return number_of_sender(sender, countries.pop() if len(countries) == 1 else None) or sender


def _put_once(deps: Deps, phone: Phone, event_id: str, make: Callable[[], Message], along: Along) -> None:
    """`along`: what is written with it, decided anew at each try. Raises TryLater when others keep coming in the way:
    the phone offers it again."""
    now = deps.now()
    for tries in range(TRIES):
        record, message = inbound_record(phone.account, phone.number, event_id, now), make()
        try:
            put_message_once(deps.messages, message, record, now, *along(message))
            return concerns(message.id)
        except AlreadyRecorded:
            return None
        except (MessageIdTaken, Changed, WriteConflict):
            deps.back_off(tries)
    raise TryLater
