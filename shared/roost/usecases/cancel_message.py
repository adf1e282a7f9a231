"""Stop a message, or move it to another time, as long as it has not left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from roost.domain.errors import AlreadyFinal, HeldByPhone, InvalidRequest, NotFound, TryLater
from roost.domain.messages import HELD, Kind, Message, MessageStatus, moved
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import change_message, get_message
from roost.usecases.check_contents import checked_send_at

S = MessageStatus
TRIES = 5


def cancel_message(deps: Deps, account: str, message_id: int | None, reason: str | None = None) -> Message:
    """Canceled at once while nobody holds it; else its phone is asked, and its answer decides (protocol §12).
    `reason`: shown as the error of what is canceled at once.

    Raises NotFound, AlreadyFinal.
    """

    def canceled(message: Message, now: int) -> Message:
        after = _canceled(message, now)
        return replace(after, error={"name": reason}) if reason and after.status is S.CANCELED else after

    return _change(deps, account, message_id, canceled, done=S.CANCELED)


def reschedule_message(deps: Deps, account: str, message_id: int | None, send_at: int) -> Message:
    """Raises NotFound, InvalidRequest, AlreadyFinal, HeldByPhone."""
    due_at = checked_send_at(send_at, deps.now())

    def rescheduled(message: Message, now: int) -> Message:
        if message.secret_text is not None:
            raise InvalidRequest.of("message_id", "carries a one-time code: ask for a new code when it is wanted")
        if message.status in HELD:
            raise HeldByPhone
        lifetime = message.expires_at - max(message.due_at, message.created_at)
        back = moved(message, S.SCHEDULED, now) if message.status is not S.SCHEDULED else message
        return replace(back, due_at=due_at, expires_at=due_at + lifetime)

    return _change(deps, account, message_id, rescheduled)


def _canceled(message: Message, now: int) -> Message:
    if message.status in HELD:
        asked = message.cancel_requested_at
        return replace(message, cancel_requested_at=asked if asked is not None else now)
    return moved(message, S.CANCELED, now, cancel_requested_at=now)


def _change(
    deps: Deps,
    account: str,
    message_id: int | None,
    change: Callable[[Message, int], Message],
    done: MessageStatus | None = None,
) -> Message:
    """The stream tells the phone: a request handler writes the message and nothing else. `done`: where nothing is left
    to do."""
    for _ in range(TRIES):
        message = get_message(deps.messages, account, message_id, consistent=True) if message_id is not None else None
        if message is None or message.kind not in (Kind.SMS, Kind.MMS):
            raise NotFound("No such message")
        if message.status is done:
            return message
        if message.is_final:
            raise AlreadyFinal(f"This message is {message.status}: it cannot be changed any more")
        after = change(message, deps.now())
        try:
            if after != message:
                change_message(deps.messages, message, after)
        except ConditionFailed:
            continue
        return after
    raise TryLater
