"""A message and the one table of moves it may make (phone protocol §10: the highest fact known wins)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

from roost.domain import ids
from roost.domain.attachments import Part
from roost.domain.instants import DAY, HOUR
from roost.domain.money import Charge


class MessageStatus(StrEnum):
    """Stored states; callers see `SHOWN_AS`. A `confirm` lease of several jobs says `accepted` for its jobs."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    DISPATCHING = "dispatching"
    LEASED = "leased"
    ACCEPTED = "accepted"
    SENDING = "sending"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELED = "canceled"
    FAILED = "failed"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    RECEIVED = "received"
    CANCELING = "canceling"
    """Shown only: asked to cancel while a phone holds it; the phone's answer decides."""


class Kind(StrEnum):
    """What a phone does or saw. `call`: one that nobody took."""

    SMS = "sms"
    MMS = "mms"
    USSD = "ussd"
    CALL = "call"


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class Priority(IntEnum):
    BULK = 0
    NORMAL = 1
    URGENT = 2


S = MessageStatus

RANK: Mapping[MessageStatus, int] = MappingProxyType(
    {
        S.SCHEDULED: -10,
        S.QUEUED: 0,
        S.DISPATCHING: 5,
        S.LEASED: 10,
        S.ACCEPTED: 20,
        S.SENDING: 30,
        S.UNKNOWN: 40,
        S.EXPIRED: 50,
        S.CANCELED: 51,
        S.FAILED: 60,
        S.SENT: 70,
        S.UNDELIVERED: 80,
        S.DELIVERED: 90,
    }
)

STEPS_BACK: Mapping[MessageStatus, frozenset[MessageStatus]] = MappingProxyType(
    {
        S.QUEUED: frozenset({S.SCHEDULED}),
        S.DISPATCHING: frozenset({S.SCHEDULED}),
        S.LEASED: frozenset({S.QUEUED, S.DISPATCHING}),
        S.ACCEPTED: frozenset({S.QUEUED, S.DISPATCHING}),
        S.FAILED: frozenset({S.QUEUED}),
        S.UNKNOWN: frozenset({S.QUEUED}),
    }
)
"""The only ways down: a caller moves it to another time; a lease was revoked or a job given back; and, after a definite
"not submitted" or by the message's own policy, a new attempt."""

MOVES: Mapping[MessageStatus, frozenset[MessageStatus]] = MappingProxyType(
    {
        source: frozenset(target for target in RANK if RANK[target] > RANK[source])
        | STEPS_BACK.get(source, frozenset())
        for source in RANK
    }
    | {S.RECEIVED: frozenset()}
)

FINAL = frozenset({S.UNKNOWN, S.EXPIRED, S.CANCELED, S.FAILED, S.SENT, S.UNDELIVERED, S.DELIVERED, S.RECEIVED})
"""Where a message may rest. A later fact of higher rank still replaces it, with a note in the timeline."""

CLAIMABLE = frozenset({S.QUEUED, S.DISPATCHING})
"""Where a message waits for a phone to fetch it."""

NEVER_SENT = frozenset({S.EXPIRED, S.CANCELED, S.FAILED})
"""Not to be paid for. `unknown` may have been sent, `undelivered` was."""

HELD = frozenset({S.LEASED, S.ACCEPTED, S.SENDING})

SHOWN_AS: Mapping[MessageStatus, MessageStatus] = MappingProxyType(
    {S.LEASED: S.DISPATCHING, S.ACCEPTED: S.SENDING, S.UNDELIVERED: S.FAILED}
)

DEFAULT_LIFETIME = 24 * HOUR
MAX_LIFETIME = 72 * HOUR
LATEST_SCHEDULE = 365 * DAY


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the timeline that is no move: why something unexpected was believed."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS or MMS to or from one number, one USSD code, one missed call.

    `moves` holds the instant of each state it was in; `nonce` tells two alike apart.
    `secret_text`: what leaves instead of `text`, which shows it masked; kept until the message is final, then empty.
    `attachments`: URLs that go with an MMS; `parts_in`: what came with one.
    `answer`: what the network said to a USSD code, which is then the text.
    `due_at`: not before (a schedule, or the pause before another attempt); `slot_at`: when the phone that holds it may
    send; `pinned`: the caller chose the phone, no other may send it; `retry_unknown`: the caller accepts a repeat;
    `reassign_after`: so does one whose phone has been silent for so many ms while it held the message.
    `sender_id`: asked for, kept, and of no effect on a phone; `converted_at`: its recipient did what it asked for.
    `price`: micro-USD by the price list; `charge`: what was taken for it, None if nothing was.
    `in_conversation`: found by its peer; `despite_opt_out`: sent although its peer wants nothing more.
    `campaign`: the one it is of: while that is paused no phone gets it.
    `group`: the batch it came in; `ahead`: how many of its lane go before it; `revision` 0: no item of its own yet.
    """

    account: str
    id: int
    direction: Direction
    peer: str
    text: str
    status: MessageStatus
    moves: Mapping[MessageStatus, int]
    segments: int
    nonce: str = ""
    group: int | None = None
    ahead: int = 0
    expires_at: int = 0
    due_at: int = 0
    slot_at: int | None = None
    pinned: bool = False
    cancel_requested_at: int | None = None
    retry_unknown: bool = False
    reassign_after: int | None = None
    phone: int | None = None
    sim_slot: int | None = None
    priority: Priority = Priority.NORMAL
    attempt: int = 1
    lease_epoch: int | None = None
    claim_id: str | None = None
    former_holders: frozenset[str] = frozenset()
    parts_sent: frozenset[int] = frozenset()
    parts_delivered: frozenset[int] = frozenset()
    error: Mapping[str, Any] | None = None
    notes: tuple[Note, ...] = ()
    sender_id: str | None = None
    converted_at: int | None = None
    price: int = 0
    charge: Charge | None = None
    revision: int = 1
    secret_text: str | None = None
    kind: Kind = Kind.SMS
    answer: str | None = None
    attachments: tuple[str, ...] = ()
    parts_in: tuple[Part, ...] = ()
    in_conversation: bool = False
    despite_opt_out: bool = False
    campaign: int | None = None

    @property
    def text_to_send(self) -> str:
        return self.text if self.secret_text is None else self.secret_text

    @property
    def created_at(self) -> int:
        return ids.created_at(self.id)

    @property
    def group_id(self) -> int:
        """What was accepted together has one; a message that came alone is a group of itself."""
        return self.id if self.group is None else self.group

    @property
    def is_written(self) -> bool:
        return self.revision > 0

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    def can_move_to(self, status: MessageStatus) -> bool:
        text_is_gone = self.is_final and self.secret_text == ""
        return status in MOVES[self.status] and not (text_is_gone and status in CLAIMABLE)


def moved(message: Message, status: MessageStatus, at: int, **changes: Any) -> Message:
    """The message after a move. A state keeps the first time it was reached. Raises ValueError on a forbidden move."""
    if not message.can_move_to(status):
        raise ValueError(f"{message.status} may not become {status}")
    moves = {status: at, **message.moves}
    return replace(message, status=status, moves=moves, **changes)


def noted(message: Message, at: int, text: str) -> Message:
    return replace(message, notes=(*message.notes, Note(at, text)))


def as_accepted(message: Message) -> Message:
    """The message as the first answer showed it, so that a repeated request gets the same answer."""
    accepted = {status: at for status, at in message.moves.items() if RANK[status] <= RANK[S.DISPATCHING]}
    first = max(accepted, key=RANK.__getitem__)
    return replace(message, status=first, moves=accepted, error=None, notes=(), attempt=1, cancel_requested_at=None)


def shown_status(message: Message) -> MessageStatus:
    if message.cancel_requested_at is not None and message.status in HELD:
        return S.CANCELING
    return SHOWN_AS.get(message.status, message.status)
