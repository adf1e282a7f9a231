"""The same texts to the same numbers, as new messages."""

from __future__ import annotations

from collections.abc import Iterator

from roost.domain.batches import MAX_BATCH
from roost.domain.errors import InvalidRequest, NotFinal, NotFound, NothingMatches, TooLarge
from roost.domain.messages import Direction, Kind, Message
from roost.domain.selections import Line
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.messages import get_message
from roost.usecases.read_messages import MessageFilter, all_messages
from roost.usecases.send_batch import AcceptedBatch, replayed_batch, send_batch
from roost.usecases.send_message import send_message
from roost.usecases.share_out import BatchItem, BatchSubmission
from roost.usecases.submission import Accepted, Idempotency, Submission

MOST_EXAMINED = 20_000
"""What one request looks through; beyond it a shorter window finds the rest."""


def resend_message(deps: Deps, sender: Sender, message_id: int | None) -> Accepted:
    """Raises NotFound, NotFinal (what may still leave would leave twice), InvalidRequest for a received message and for
    a one-time code, and what `send_message` raises. It is charged as any other message."""
    message = (
        get_message(deps.messages, sender.account, message_id, consistent=True) if message_id is not None else None
    )
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
    return send_message(deps, sender, again)


def resend_messages(
    deps: Deps, sender: Sender, wanted: MessageFilter, idempotency: Idempotency | None = None
) -> AcceptedBatch:
    """Everything sent that matches and has ended, in one new group. What may still leave is left out: it would leave
    twice, a one-time code, and who answered STOP. A message whose phone the caller chose goes to that phone again.

    Raises NothingMatches when nothing has ended that matches, TooLarge, and what `send_batch` raises.
    """
    earlier = replayed_batch(deps, sender.account, idempotency)
    if earlier is not None:
        return earlier
    items = [_item(message) for message in _ended(deps, sender.account, wanted)]
    if not items:
        raise NothingMatches("No message matches that was sent and has ended")
    items.reverse()
    return send_batch(deps, sender, BatchSubmission(items, skip_opted_out=True), idempotency)


def _ended(deps: Deps, account: str, wanted: MessageFilter) -> Iterator[Message]:
    found = 0
    for examined, message in enumerate(all_messages(deps, account, wanted), start=1):
        if examined > MOST_EXAMINED or found == MAX_BATCH:
            raise TooLarge(f"One request sends at most {MAX_BATCH:,} messages again: narrow the filter or its window")
        can_repeat = message.direction is Direction.OUT and message.is_final and message.secret_text is None
        if can_repeat and wanted.matches(message):
            found += 1
            yield message


def _item(message: Message) -> BatchItem:
    chosen = message.pinned and message.phone is not None
    line = Line(message.phone or 0, message.sim_slot) if chosen else None
    return BatchItem(message.peer, message.text, line, message.kind, message.attachments)
