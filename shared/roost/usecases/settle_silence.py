"""What becomes of messages whose phone can no longer answer for them."""

from __future__ import annotations

from roost.domain.messages import Message, MessageStatus, moved
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import change_message
from roost.usecases.held_messages import held_messages


def lose_storage(deps: Deps, phone: Phone) -> None:
    """The phone's database was wiped or restored: whether what it held was sent is not known to anybody."""
    for message in held_messages(deps, phone):
        mark_unknown(deps, message, "storage_lost")


def mark_unknown(deps: Deps, message: Message, reason: str) -> None:
    """Not sent again by default. The phone's own late report still settles it."""
    if not message.can_move_to(MessageStatus.UNKNOWN):
        return
    after = moved(message, MessageStatus.UNKNOWN, deps.now(), error={"name": reason})
    try:
        change_message(deps.messages, message, after)
    except ConditionFailed:
        return
