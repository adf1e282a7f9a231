"""Note that a message led to what it asked for; the first report counts."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.conversions import read_token
from roost.domain.errors import NotFound, TryLater
from roost.domain.messages import Direction, Message
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import change_message, from_item, get_message

TRIES = 5


def report_by_token(deps: Deps, text: str, account: str | None = None) -> Message:
    """`account`: the only one the token may belong to, if the caller has one. Raises NotFound and TryLater."""
    token = read_token(text)
    if token is None or account not in (None, token.account):
        raise NotFound("No such conversion link")
    message = get_message(deps.messages, token.account, token.message_id, consistent=True)
    if message is None or not token.is_of(message):
        raise NotFound("No such conversion link")
    return _converted(deps, message)


def report_by_id(deps: Deps, account: str, message_id: int | None) -> Message:
    """Raises NotFound, for a received message too, and TryLater."""
    message = get_message(deps.messages, account, message_id, consistent=True) if message_id is not None else None
    if message is None or message.direction is Direction.IN or not message.is_written:
        raise NotFound("No such SMS was sent")
    return _converted(deps, message)


def _converted(deps: Deps, message: Message) -> Message:
    """A phone may be reporting the same message at this moment: then on top of what it wrote."""
    for _ in range(TRIES):
        if message.converted_at is not None:
            return message
        after = replace(message, converted_at=deps.now())
        try:
            change_message(deps.messages, message, after)
        except ConditionFailed as failure:
            if failure.item is None:
                raise NotFound("This message is gone") from None
            message = from_item(failure.item)
            continue
        return after
    raise TryLater
