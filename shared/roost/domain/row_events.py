"""Which events the rows of the messages table mean that are no texts: USSD codes and missed calls; and opt-outs."""

from __future__ import annotations

from roost.domain import ids
from roost.domain.contacts import contact_id
from roost.domain.event_data import CallData, ContactData, UssdData
from roost.domain.instants import rfc3339
from roost.domain.messages import Message, MessageStatus
from roost.domain.opt_outs import do_not_contact_after
from roost.domain.phone_numbers import as_e164
from roost.domain.webhooks import Event, EventType

S, E = MessageStatus, EventType


def events_of_ussd(before: Message | None, after: Message) -> list[Event]:
    """The network's answer, once; without one the request itself says so."""
    if S.DELIVERED not in after.moves or (before is not None and S.DELIVERED in before.moves):
        return []
    at = after.moves[S.DELIVERED]
    data = UssdData(
        request_id=ids.spell("uss", after.id),
        phone_id=_phone_id(after),
        sim_slot=after.sim_slot,
        request=after.text,
        response=after.answer or "",
        at=rfc3339(at),
    )
    return [Event(f"evt_{after.id}_answered", E.USSD_ANSWERED, after.account, at, data.model_dump())]


def events_of_call(before: Message | None, after: Message) -> list[Event]:
    if before is not None:
        return []
    at = after.moves[S.RECEIVED]
    data = CallData(phone_id=_phone_id(after), sim_slot=after.sim_slot, from_=after.peer, at=rfc3339(at))
    return [Event(f"evt_{after.id}_missed", E.CALL_MISSED, after.account, at, data.model_dump(by_alias=True))]


def events_of_answer(received: Message) -> list[Event]:
    """A received STOP or START says what the opt-out written with it says."""
    do_not_contact, number = do_not_contact_after(received.text), as_e164(received.peer)
    if do_not_contact is None or number is None:
        return []
    at = received.moves[S.RECEIVED]
    data = ContactData(
        contact_id=ids.spell("con", contact_id(number)), phone=number, keyword=received.text.strip(), at=rfc3339(at)
    )
    told = E.CONTACT_OPTED_OUT if do_not_contact else E.CONTACT_OPTED_IN
    return [Event(f"evt_{received.id}_{told.partition('.')[2]}", told, received.account, at, data.model_dump())]


def _phone_id(message: Message) -> str:
    return ids.spell("phn", message.phone or 0)
