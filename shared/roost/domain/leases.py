"""Leases: what one claim handed out, and when the phone may act on it (protocol §6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from roost.domain.instants import SECOND
from roost.domain.messages import Priority

LEASE_LIFETIME = 300 * SECOND
HOLD = 2_400 * SECOND
"""How far ahead a phone may hold jobs: ten at the default gap."""
MAX_JOBS = 10


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

    `slots`: the instant before which each job may not leave, in the order of `job_ids`.
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


def choose_grant(priority: Priority, *, alone: bool) -> Grant:
    """`direct` where nobody else could take the job anyway or every second counts; it saves the confirming call."""
    return Grant.DIRECT if alone or priority is Priority.URGENT else Grant.CONFIRM
