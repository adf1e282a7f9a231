"""Read, archive, assign or answer a conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from roost.domain.conversations import Conversation, after_archived, after_read, after_reopened, after_reply
from roost.domain.errors import InvalidRequest, NotFound, TryLater
from roost.domain.messages import Message, Priority
from roost.domain.phone_numbers import is_e164
from roost.domain.senders import Sender
from roost.domain.sign_in import normal_email
from roost.runtime.deps import Deps
from roost.storage.conversations import conversation_write, get_conversation, put_conversation
from roost.storage.phones import get_phone
from roost.storage.sessions import get_user
from roost.storage.transactions import Changed, Write, WriteConflict
from roost.usecases.known_conversation import known_conversation
from roost.usecases.read_conversations import party_of
from roost.usecases.send_message import send_message
from roost.usecases.submission import Accepted, Idempotency, Submission

TRIES = 8


def mark_read(deps: Deps, account: str, conversation_id: str) -> Conversation:
    """Raises NotFound and TryLater."""
    return _change(deps, account, conversation_id, after_read)


def archive(deps: Deps, account: str, conversation_id: str, *, archived: bool) -> Conversation:
    """An archived one comes back by itself with the next reply. Raises NotFound and TryLater."""
    return _change(deps, account, conversation_id, after_archived if archived else after_reopened)


def assign(deps: Deps, account: str, conversation_id: str, assignee: str | None) -> Conversation:
    """To somebody who signs in to this account, or to nobody. Raises InvalidRequest, NotFound and TryLater."""
    email = normal_email(assignee) if assignee is not None else None
    if assignee is not None:
        user = get_user(deps.accounts, email) if email else None
        if user is None or user.account != account:
            raise InvalidRequest.of("assigned_to", "is nobody who signs in to this account: use the address they use")
    return _change(deps, account, conversation_id, lambda found: replace(found, assigned_to=email))


def _change(
    deps: Deps, account: str, conversation_id: str, change: Callable[[Conversation], Conversation]
) -> Conversation:
    for tries in range(TRIES):
        before = _stored(deps, account, conversation_id)
        after = change(before)
        if after == before:
            return after
        try:
            put_conversation(deps.contacts, before, after)
        except (Changed, WriteConflict):
            deps.back_off(tries)
        else:
            return after
    raise TryLater


def _stored(deps: Deps, account: str, conversation_id: str) -> Conversation:
    stored = get_conversation(deps.contacts, account, party_of(conversation_id))
    if stored is None:
        raise NotFound("Nobody has answered in this conversation yet: write to it first")
    return stored


def reply(
    deps: Deps,
    sender: Sender,
    conversation_id: str,
    wanted: Submission,
    idempotency: Idempotency | None = None,
) -> Accepted:
    """`wanted`: without a recipient. By the phone and SIM that hold the conversation, unless it names a phone or that
    one is gone; what a person writes skips the gap, never the cap. The conversation is written with the message.

    Raises NotFound, InvalidRequest where there is no number to answer, and what `send_message` raises.
    """
    found = known_conversation(deps, sender.account, party_of(conversation_id))
    if not is_e164(found.peer):
        raise InvalidRequest.of("conversation_id", "is of a sender without a number: it cannot be answered")

    def along(message: Message) -> tuple[Write]:
        before = known_conversation(deps, sender.account, found.peer)
        return (conversation_write(deps.contacts, before, after_reply(before, message, deps.now())),)

    addressed = replace(wanted, to=found.peer, priority=Priority.URGENT, in_conversation=True)
    return send_message(deps, sender, _by_holder(deps, found, addressed), idempotency, along)


def _by_holder(deps: Deps, conversation: Conversation, wanted: Submission) -> Submission:
    if wanted.phone is not None or conversation.phone is None:
        return wanted
    holder = get_phone(deps.devices, conversation.account, conversation.phone)
    if holder is None or not holder.may_send:
        return wanted
    slot = conversation.sim_slot if any(sim.slot == conversation.sim_slot for sim in holder.sims) else None
    return replace(wanted, phone=holder.number, sim_slot=slot)
