"""A conversation: what one account and one other party have said to each other, and how far somebody has read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from roost.domain.messages import Direction, Message
from roost.domain.phone_numbers import as_e164, is_e164

LONGEST_PREVIEW = 160
PREFIX = "cnv_"
BY_NAME = "x"
"""A sender without a number (`BANK`, `22122`) is spelled as the hex of its name: a URL must carry it unchanged."""


class ConversationStatus(StrEnum):
    UNREAD = "unread"
    READ = "read"
    ARCHIVED = "archived"


class Intent(StrEnum):
    """What a reply means, as far as a classifier can tell (8ms's labels, and none of them)."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    QUESTION = "question"
    APPOINTMENT = "appointment"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Preview:
    """The newest message of a conversation, cut to LONGEST_PREVIEW characters."""

    message_id: int
    direction: Direction
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """`peer`: an E.164 number, or a sender's name. `phone`, `sim_slot`: where it last wrote to, which holds it.

    `updated_at`: when the other side, or somebody from here, last wrote in it. `assigned_to`: an address that signs in.
    `intent` and `suggested_response` are about the reply `classified`. `earlier`: messages sent before the first reply,
    which are not indexed. `revision` 0: nothing of it is stored.
    """

    account: str
    peer: str
    created_at: int
    updated_at: int
    status: ConversationStatus = ConversationStatus.READ
    unread_count: int = 0
    last: Preview | None = None
    phone: int | None = None
    sim_slot: int | None = None
    assigned_to: str | None = None
    intent: Intent | None = None
    suggested_response: str | None = None
    classified: int | None = None
    earlier: tuple[int, ...] = ()
    revision: int = 0

    @property
    def id(self) -> str:
        return spell(self.peer)


def peer_of(sender: str) -> str:
    """One party is one conversation, however a handset spells its number."""
    return as_e164(sender) or sender


def spell(peer: str) -> str:
    if is_e164(peer):
        return f"{PREFIX}{peer.removeprefix('+')}"
    return f"{PREFIX}{BY_NAME}{peer.encode().hex()}"


def parse(conversation: str) -> str | None:
    """The other party behind an id, or behind its number as it is; None if it is neither."""
    if is_e164(conversation):
        return conversation
    spelled = conversation.removeprefix(PREFIX)
    if not spelled.startswith(BY_NAME):
        return f"+{spelled}" if is_e164(f"+{spelled}") else None
    try:
        peer = bytes.fromhex(spelled.removeprefix(BY_NAME)).decode()
    except ValueError:
        return None
    return peer if peer and spell(peer) == f"{PREFIX}{spelled}" else None


def preview_of(message: Message) -> Preview:
    return Preview(message.id, message.direction, message.text[:LONGEST_PREVIEW])


def after_received(before: Conversation, message: Message, at: int) -> Conversation:
    """One more unread. What was archived comes back; what was understood of the reply before no longer fits."""
    return replace(
        before,
        status=ConversationStatus.UNREAD,
        unread_count=before.unread_count + 1,
        last=preview_of(message),
        updated_at=at,
        phone=message.phone,
        sim_slot=message.sim_slot,
        intent=None,
        suggested_response=None,
        classified=None,
    )


def after_reply(before: Conversation, message: Message, at: int) -> Conversation:
    """Who answers has read it."""
    answered = replace(before, suggested_response=None, last=preview_of(message), updated_at=at)
    if message.phone is not None:
        answered = replace(answered, phone=message.phone, sim_slot=message.sim_slot)
    return after_reopened(after_read(answered))


def after_read(before: Conversation) -> Conversation:
    """An archived one stays archived."""
    status = before.status if before.status is ConversationStatus.ARCHIVED else ConversationStatus.READ
    return replace(before, status=status, unread_count=0)


def after_archived(before: Conversation) -> Conversation:
    return replace(before, status=ConversationStatus.ARCHIVED, unread_count=0)


def after_reopened(before: Conversation) -> Conversation:
    status = ConversationStatus.READ if before.status is ConversationStatus.ARCHIVED else before.status
    return replace(before, status=status)
