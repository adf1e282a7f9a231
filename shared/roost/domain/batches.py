"""Many messages of one request: ids by arithmetic, lanes that phones pull from, and messages nobody wrote out yet.

A batch is stored as chunks of recipients, which never change, and lanes, which say how far they are. Its messages
become items of their own when a phone claims them; until then their state follows from their lane.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from roost.domain import ids
from roost.domain.leases import MAX_JOBS
from roost.domain.messages import Direction, Kind, Message, MessageStatus, Priority
from roost.domain.money import Charge

BATCH_SHARD = 15
"""The last of the 16 shards an id can name holds messages of batches and nothing else."""

CHUNK_SIZE = 40
"""Recipients of one chunk, all of one millisecond: with short texts of their own it stays under 12 KB."""

CHUNK_SERIAL = (1 << ids.SERIAL_BITS) - 1
"""A chunk is stored above the last message it can hold, so that reading newest first meets it first."""

MAX_BATCH = 10_000
MAX_LANES = 80
"""A transaction holds 100 items: the lanes, and room for the record, money and limits."""


class LaneStatus(StrEnum):
    """`dispatching`: phones are to be woken for it; `running`: claims have begun; `paused`: with its campaign. The last
    three end what is left."""

    SCHEDULED = "scheduled"
    PAUSED = "paused"
    DISPATCHING = "dispatching"
    RUNNING = "running"
    DONE = "done"
    CANCELED = "canceled"
    EXPIRED = "expired"
    FAILED = "failed"


OPEN_LANES = frozenset({LaneStatus.SCHEDULED, LaneStatus.PAUSED, LaneStatus.DISPATCHING, LaneStatus.RUNNING})
"""Of which something may still be handed out."""

PULLED = frozenset({LaneStatus.DISPATCHING, LaneStatus.RUNNING})
"""Where phones may claim from a lane."""

CLOSED: Mapping[LaneStatus, MessageStatus] = MappingProxyType(
    {
        LaneStatus.CANCELED: MessageStatus.CANCELED,
        LaneStatus.EXPIRED: MessageStatus.EXPIRED,
        LaneStatus.FAILED: MessageStatus.FAILED,
    }
)
"""How each message ends that no phone claimed before its lane was closed."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Messages `start`, `start + step`, … of a batch: `count` of them, of which the first `cursor` were handed out.

    `base`: id of the batch's first message, which names the batch; `phone` None: any phone pulls. `text` None: each
    recipient has its own, in its chunk. `accepted_at`, `released_at`, `closed_at`: instants in ms.
    `rates`: what was taken of each message's price: of one credit and of one micro-USD. Closed without an
    `error` it was canceled. Of a `campaign`: `closes_at` is when its hours end, which open again in its `zones`.
    """

    account: str
    base: int
    number: int
    start: int
    step: int
    count: int
    status: LaneStatus
    priority: Priority
    accepted_at: int
    due_at: int
    expires_at: int
    text: str | None = None
    phone: int | None = None
    sim_slot: int | None = None
    retry_unknown: bool = False
    cursor: int = 0
    released_at: int | None = None
    closed_at: int | None = None
    error: str | None = None
    rates: Charge | None = None
    campaign: int | None = None
    closes_at: int | None = None
    zones: tuple[str, ...] = ()
    revision: int = 1

    @property
    def leaves_until(self) -> int:
        """What a phone takes now has to leave before: the deadline, or the end of the hours it was taken in."""
        return self.expires_at if self.closes_at is None else min(self.expires_at, self.closes_at)

    @property
    def left(self) -> int:
        return self.count - self.cursor

    def index_at(self, place: int) -> int:
        """Where in the batch the message at `place` of this lane is."""
        return self.start + place * self.step

    def place_of(self, index: int) -> int:
        return (index - self.start) // self.step


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to 40 recipients of one millisecond. `lanes`: the lane of each; `texts` empty: the lane has the one text.
    `prices`: in micro-USD, by the price list; `media`: the attachments of each that is an MMS, empty where none is."""

    account: str
    base: int
    first: int
    peers: tuple[str, ...]
    lanes: tuple[int, ...]
    texts: tuple[str, ...] = ()
    prices: tuple[int, ...] = ()
    media: tuple[tuple[str, ...] | None, ...] = ()


def as_it_began(lane: Lane) -> Lane:
    """The lane when it was accepted, so that a repeated request gets the same answer."""
    status = LaneStatus.SCHEDULED if lane.due_at > lane.accepted_at else LaneStatus.DISPATCHING
    return replace(lane, status=status, cursor=0, released_at=None, closed_at=None, error=None)


def id_at(base: int, index: int) -> int:
    """The id of the message at `index` of the batch `base`."""
    return ids.message_id(ids.created_at(base) + index // CHUNK_SIZE, index % CHUNK_SIZE, BATCH_SHARD)


def index_of(base: int, message: int) -> int:
    milliseconds = ids.created_at(message) - ids.created_at(base)
    return milliseconds * CHUNK_SIZE + ids.serial_of(message)


def is_of_batch(message: int) -> bool:
    return ids.shard_of(message) == BATCH_SHARD and ids.serial_of(message) < CHUNK_SIZE


def guided_size(remaining: int, phones: int, most: int = MAX_JOBS) -> int:
    """How many of a pool one claim takes: no phone is left with a pile when the pool runs dry.

    ceil(remaining / 2 phones), within 1 and `most`: in simulation it meets the exact bound of the makespan.
    """
    return max(1, min(most, -(-remaining // (2 * max(1, phones)))))


def unwritten(
    lane: Lane,
    message: int,
    peer: str,
    text: str,
    segments: int,
    price: int = 0,
    attachments: tuple[str, ...] | None = None,
) -> Message:
    """A message that is no item yet, as every reader sees it: `revision` 0, its state that of its lane.

    `attachments`: None for an SMS.
    """
    place = lane.place_of(index_of(lane.base, message))
    handed_out = place < lane.cursor
    status, moves = _state(lane, handed_out)
    canceled = lane.closed_at is not None and lane.error is None
    return Message(
        account=lane.account,
        id=message,
        direction=Direction.OUT,
        peer=peer,
        text=text,
        status=status,
        moves=moves,
        segments=segments,
        group=lane.base,
        ahead=0 if handed_out else place - lane.cursor,
        expires_at=lane.leaves_until if handed_out else lane.expires_at,
        due_at=lane.due_at,
        phone=lane.phone,
        sim_slot=lane.sim_slot,
        pinned=lane.phone is not None,
        cancel_requested_at=lane.closed_at if canceled else None,
        retry_unknown=lane.retry_unknown,
        priority=lane.priority,
        price=price,
        charge=charge_at(lane.rates, price),
        kind=Kind.SMS if attachments is None else Kind.MMS,
        attachments=attachments or (),
        error={"name": lane.error} if lane.error and not handed_out else None,
        campaign=lane.campaign,
        revision=0,
    )


def charge_at(rates: Charge | None, price: int) -> Charge | None:
    """What one message of a batch was charged; None if nothing was."""
    if rates is None:
        return None
    charge = replace(rates, micro_usd=rates.micro_usd * price, spent=rates.spent * price)
    return charge if charge.credits or charge.micro_usd or charge.spent else None


def _state(lane: Lane, handed_out: bool) -> tuple[MessageStatus, dict[MessageStatus, int]]:
    """Handed out and no item yet: a claim is writing it at this moment, or died doing so and will be made good."""
    scheduled = lane.due_at > lane.accepted_at
    moves = {MessageStatus.SCHEDULED if scheduled else MessageStatus.QUEUED: lane.accepted_at}
    if lane.released_at is not None:
        moves[MessageStatus.QUEUED] = lane.released_at
    status = list(moves)[-1]
    if lane.status in CLOSED and lane.closed_at is not None and not handed_out:
        status = CLOSED[lane.status]
        moves[status] = lane.closed_at
    return status, moves
