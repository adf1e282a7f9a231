"""Leases: what one claim handed out, and when the phone may act on it (protocol §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from roost.domain.instants import SECOND
from roost.domain.messages import CLAIMABLE, Message, MessageStatus, Priority

LEASE_LIFETIME = 300 * SECOND
HOLD = 2_400 * SECOND
"""How far ahead a phone may hold jobs: ten at the default gap."""
MAX_JOBS = 10
REPORTED_TOGETHER = 60 * SECOND
"""Outcomes of one claim that are so close wait for the last of them: ten calls of a burst become one."""


class Grant(StrEnum):
    """`confirm`: nothing goes to the radio before the acceptance is acknowledged. `direct`: accepted as given."""

    CONFIRM = "confirm"
    DIRECT = "direct"


class LeaseState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Lease:
    """Found again by its claim id, so a repeated claim gets the same lease. `until`: then an open one is revoked.

    `slots`: the instant before which each job may not leave, in the order of `job_ids`. `revision`: of its one job, in
    an offer: a lease that stands on the phone's item alone. Any change of that job ends an offer.
    """

    account: str
    phone: int
    claim_id: str
    epoch: int
    grant: Grant
    state: LeaseState
    job_ids: tuple[int, ...]
    slots: tuple[int, ...]
    until: int
    accepted_at: int | None = None
    revision: int | None = None

    @property
    def is_offer(self) -> bool:
        return self.revision is not None


def choose_grant(priority: Priority, *, alone: bool) -> Grant:
    """`direct` where nobody else could take the job anyway or every second counts; it saves the confirming call."""
    return Grant.DIRECT if alone or priority is Priority.URGENT else Grant.CONFIRM


def reported_at_once(jobs: Sequence[Message]) -> frozenset[int]:
    """The jobs of one claim, in its order, whose sending is a call of its own: urgent ones, the last, and of the others
    those that no such call follows within REPORTED_TOGETHER. It takes along what came before it. Bulk rides on calls
    that come anyway, and a failure is reported at once whatever was said (protocol 5.4)."""
    told: set[int] = set()
    next_call: int | None = None
    for job in reversed([job for job in jobs if job.priority is not Priority.BULK]):
        if job.priority is Priority.URGENT or next_call is None or next_call - _leaves(job) > REPORTED_TOGETHER:
            told.add(job.id)
            next_call = _leaves(job)
    return frozenset(told)


def _leaves(job: Message) -> int:
    return job.slot_at if job.slot_at is not None else job.due_at


def can_be_offered(message: Message, phone: int, now: int) -> bool:
    """Whether a lease of this message alone needs no write of its own: then the message is what its acceptance, its
    revocation and every other change race for. One of a batch that is no item yet has its place in its lane to lose."""
    is_due = message.status in CLAIMABLE and message.phone == phone and now < message.expires_at
    return is_due and message.is_written


def as_offered(message: Message, lease: Lease) -> Message | None:
    """The message as leased by this offer; None if it has changed since."""
    if message.revision != lease.revision or message.status not in CLAIMABLE or message.phone != lease.phone:
        return None
    leased = MessageStatus.LEASED
    moves = {**message.moves, leased: message.moves.get(leased, lease.until - LEASE_LIFETIME)}
    return replace(
        message,
        status=leased,
        moves=moves,
        lease_epoch=lease.epoch,
        claim_id=lease.claim_id,
        slot_at=lease.slots[0],
    )
