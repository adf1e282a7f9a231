"""What waits for a number that wants nothing more is withdrawn.

An opt-out is stored first and what waits is looked for after; a claim leases first and looks for opt-outs after. One of
the two sees the other, so no phone gets a message that it did not have when the opt-out was stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from roost.domain import ids
from roost.domain.errors import AlreadyFinal, RecipientOptedOut
from roost.domain.instants import DAY
from roost.domain.messages import HELD, Direction, Message, MessageStatus, moved
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.conversation_messages import messages_below
from roost.storage.leases import get_lease
from roost.storage.messages import change_message, get_message
from roost.storage.opt_outs import opted_out_among
from roost.usecases.cancel_message import cancel_message
from roost.usecases.known_conversation import known_conversation
from roost.usecases.revoke_lease import revoke_lease

TRIES = 5
MOST_WITHDRAWN = 200
"""The newest of a conversation: what waits beyond them is stopped when a phone claims it."""


def withdraw_messages(deps: Deps, account: str, number: str) -> None:
    """Canceled at once unless a phone has accepted it, which is then asked to cancel. May be repeated."""
    conversation = known_conversation(deps, account, number)
    newest = ids.message_id(deps.now() + DAY, serial=0)
    for message in messages_below(deps.messages, conversation, newest, MOST_WITHDRAWN):
        if message.direction is Direction.OUT and not message.is_final and not message.despite_opt_out:
            _withdraw(deps, message)


def _withdraw(deps: Deps, message: Message) -> None:
    if message.status is MessageStatus.LEASED and message.phone is not None and message.claim_id is not None:
        lease = get_lease(deps.devices, message.account, message.phone, message.claim_id)
        if lease is not None:
            revoke_lease(deps, lease)
    with suppress(AlreadyFinal):
        cancel_message(deps, message.account, message.id)


def without_opted_out(deps: Deps, leased: Iterable[Message]) -> tuple[Message, ...]:
    """Of what a claim has leased and not handed out yet: the rest is canceled. A read unit for each number."""
    messages = tuple(leased)
    numbers = {message.peer for message in messages if message.peer and not message.despite_opt_out}
    if not numbers:
        return messages
    refused = opted_out_among(deps.contacts, messages[0].account, numbers, consistent=True)
    stopped = {message.id for message in messages if message.peer in refused and not message.despite_opt_out}
    for message in messages:
        if message.id in stopped:
            _stop(deps, message)
    return tuple(message for message in messages if message.id not in stopped)


def _stop(deps: Deps, message: Message) -> None:
    """The phone never hears of it. Read first: of an offer nothing is written on its message yet. What is changed
    meanwhile is read again, until somebody else has it."""
    for _ in range(TRIES):
        held = get_message(deps.messages, message.account, message.id, consistent=True)
        if held is None or held.is_final or (held.status in HELD and held.claim_id != message.claim_id):
            return
        canceled = moved(held, MessageStatus.CANCELED, deps.now(), error={"name": RecipientOptedOut.code})
        with suppress(ConditionFailed):
            change_message(deps.messages, held, canceled)
            return
