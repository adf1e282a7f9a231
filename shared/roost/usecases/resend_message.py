"""The same text to the same number, as a new message."""

from __future__ import annotations

from roost.domain.errors import InvalidRequest, NotFinal, NotFound
from roost.domain.messages import Direction, Kind
from roost.runtime.deps import Deps
from roost.storage.messages import get_message
from roost.usecases.send_message import Accepted, Submission, send_message


def resend_message(deps: Deps, account: str, message_id: int | None) -> Accepted:
    """Raises NotFound, NotFinal (what may still leave would leave twice), InvalidRequest for a received message and for
    a one-time code, and what `send_message` raises."""
    message = get_message(deps.messages, account, message_id, consistent=True) if message_id is not None else None
    if message is None or message.kind not in (Kind.SMS, Kind.MMS):
        raise NotFound("No such message")
    if message.direction is Direction.IN:
        raise InvalidRequest.of("message_id", "is a message that was received")
    if message.secret_text is not None:
        raise InvalidRequest.of("message_id", "carried a one-time code: ask for a new code instead")
    if not message.is_final:
        raise NotFinal(f"This message is {message.status} and may still leave: cancel it first")
    phone = message.phone if message.pinned else None
    slot = message.sim_slot if message.pinned else None
    again = Submission(
        message.peer, message.text, kind=message.kind, attachments=message.attachments, phone=phone, sim_slot=slot
    )
    return send_message(deps, account, again)
