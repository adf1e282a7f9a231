"""Who wants nothing more: by an answer, by hand, or by another system. One text at most confirms it."""

from __future__ import annotations

from contextlib import suppress

from roost.domain import ids
from roost.domain.contacts import contact_id
from roost.domain.errors import RequestInFlight, RoostError, TryLater
from roost.domain.event_data import ContactData
from roost.domain.instants import rfc3339
from roost.domain.messages import Message, Priority
from roost.domain.opt_outs import OptOut, after_answer, do_not_contact_after
from roost.domain.phone_numbers import as_e164
from roost.domain.phones import Phone
from roost.domain.senders import Sender
from roost.domain.webhooks import Event, EventType
from roost.runtime.deps import Deps
from roost.storage.conversation_settings import get_conversation_settings
from roost.storage.event_outbox import event_write
from roost.storage.opt_outs import ConfirmedAlready, confirmation_write, get_opt_out, opt_out_write
from roost.storage.transactions import Changed, Write, WriteConflict, commit
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission
from roost.usecases.withdraw_messages import withdraw_messages

TRIES = 8


def change_opt_out(deps: Deps, account: str, number: str, *, do_not_contact: bool) -> bool:
    """By hand or by another system; True if it changed anything, and then webhooks are told. Raises TryLater."""
    for tries in range(TRIES):
        before, now = get_opt_out(deps.contacts, account, number), deps.now()
        if (before is not None and before.do_not_contact) is do_not_contact:
            return False
        after = OptOut(do_not_contact, max(now, before.said_at if before else 0), since=now)
        writes = (
            opt_out_write(deps.contacts, account, number, before, after),
            event_write(deps.messages, _event(account, number, after), now),
        )
        try:
            commit(deps.contacts, *writes)
        except (Changed, WriteConflict):
            deps.back_off(tries)
            continue
        if do_not_contact:
            withdraw_messages(deps, account, number)
        return True
    raise TryLater


def _event(account: str, number: str, after: OptOut) -> Event:
    told = EventType.CONTACT_OPTED_OUT if after.do_not_contact else EventType.CONTACT_OPTED_IN
    contact = contact_id(number)
    data = ContactData(contact_id=ids.spell("con", contact), phone=number, keyword=None, at=rfc3339(after.since))
    name = f"evt_{contact}_{after.since}_{told.partition('.')[2]}"
    return Event(name, told, account, after.since, data.model_dump())


def answer_write(deps: Deps, received: Message) -> tuple[Write, ...]:
    """What to write with a received text: an opt-out, its undoing, or nothing. Nobody can send to a name anyway."""
    do_not_contact, number = do_not_contact_after(received.text), as_e164(received.peer)
    if do_not_contact is None or number is None:
        return ()
    before = get_opt_out(deps.contacts, received.account, number)
    after = after_answer(before, do_not_contact, max(received.moves.values()))
    return (opt_out_write(deps.contacts, received.account, number, before, after),) if after is not None else ()


def follow_opt_out(deps: Deps, phone: Phone, received: Message) -> None:
    """After a STOP was stored, and again each time its phone offers it: stop what waits, confirm once. Raises TryLater
    and RequestInFlight, so that the phone offers it again."""
    number = as_e164(received.peer)
    if number is None or not do_not_contact_after(received.text):
        return
    opt_out = get_opt_out(deps.contacts, phone.account, number)
    if opt_out is not None and opt_out.do_not_contact:
        withdraw_messages(deps, phone.account, number)
        _confirm(deps, phone, received.sim_slot, number, opt_out)


def _confirm(deps: Deps, phone: Phone, sim_slot: int | None, number: str, opt_out: OptOut) -> None:
    """By the phone and SIM that were answered; an urgent text skips the gap, never the cap. Whatever else refuses it
    (money, a plan, a phone that may not send) leaves the opt-out standing without a word."""
    settings = get_conversation_settings(deps.accounts, phone.account)
    if opt_out.confirmed is not None or not settings.confirms_opt_outs:
        return
    confirmation = Submission(
        to=number,
        text=settings.confirmation_text,
        phone=phone.number,
        sim_slot=sim_slot,
        priority=Priority.URGENT,
        despite_opt_out=True,
    )

    def along(message: Message) -> tuple[Write]:
        return (confirmation_write(deps.contacts, phone.account, number, opt_out, message.id),)

    try:
        with suppress(ConfirmedAlready):
            send_message(deps, Sender(phone.account), confirmation, along=along)
    except (TryLater, RequestInFlight):
        raise
    except RoostError:
        return
