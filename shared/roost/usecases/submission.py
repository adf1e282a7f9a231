"""What is asked for when a message is sent, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.errors import Quota
from roost.domain.messages import DEFAULT_LIFETIME, Kind, Message, Priority
from roost.domain.money import Price
from roost.domain.phones import Phone
from roost.storage.transactions import KEEP_IDEMPOTENCY_KEY


@dataclass(frozen=True, slots=True)
class Submission:
    """What a caller wants sent. Field names for errors come with it, because each dialect has its own.

    `phone`: one phone by number, or None for the best one; `online_only`: refuse rather than wait for a phone.
    `shown_as`: what listings show instead of a text that is secret. `sender_id`: kept and shown, as SMS for AI does;
    phones send from their own number. `price`: instead of the price list's.
    `reassign_after`: ms of its phone's silence, see Message. `in_conversation`: it begins one, or belongs to one.
    `despite_opt_out`: it is the answer to what its recipient just asked for.
    """

    to: str
    text: str
    to_field: str = "to"
    text_field: str = "body"
    phone: int | None = None
    sim_slot: int | None = None
    priority: Priority = Priority.NORMAL
    lifetime: int = DEFAULT_LIFETIME
    send_at: int | None = None
    retry_unknown: bool = False
    reassign_after: int | None = None
    online_only: bool = False
    shown_as: str | None = None
    sender_id: str | None = None
    price: Price | None = None
    kind: Kind = Kind.SMS
    attachments: tuple[str, ...] = ()
    attachments_field: str = "attachments"
    in_conversation: bool = False
    despite_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Idempotency:
    """`key_hash`: of the caller's Idempotency-Key; `fingerprint`: of method, path and body. `keep`: for how many ms a
    repeat is known as one."""

    key_hash: str
    fingerprint: str
    keep: int = KEEP_IDEMPOTENCY_KEY


@dataclass(frozen=True, slots=True)
class Accepted:
    """`phone` None: a scheduled message gets one when it is due. `replayed`: this is the answer to an earlier request
    with the same Idempotency-Key, so it was not counted. `quotas`: what is left of the key's limits of time."""

    message: Message
    phone: Phone | None
    replayed: bool = False
    quotas: tuple[Quota, ...] = ()
