"""One call of a phone, free of its wire form: what it reports, what it asks for, how it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from roost.domain.attachments import Part
from roost.domain.phones import Heard
from roost.domain.reports import Report
from roost.domain.sim_changes import SeenSim


@dataclass(frozen=True, slots=True)
class JobEvent:
    event_id: str
    message_id: int
    report: Report


@dataclass(frozen=True, slots=True)
class LeaseAccepted:
    event_id: str
    epoch: int
    job_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextReceived:
    """`sender` may be a name instead of a number. `received_at`: when Android had it, on the server's clock."""

    event_id: str
    sender: str
    text: str
    sim_id: str | None
    received_at: int


@dataclass(frozen=True, slots=True)
class CallMissed:
    """`sender` may be hidden. `received_at`: when it rang out, on the server's clock."""

    event_id: str
    sender: str
    sim_id: str | None
    received_at: int


@dataclass(frozen=True, slots=True)
class MmsReceived:
    """As a text, with parts that its phone has uploaded."""

    event_id: str
    sender: str
    text: str
    sim_id: str | None
    parts: tuple[Part, ...]
    received_at: int


@dataclass(frozen=True, slots=True)
class Alert:
    event_id: str
    code: str
    detail: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event this server cannot take. Refused for good, so that it blocks nothing behind it."""

    event_id: str
    code: str


PhoneEvent = JobEvent | LeaseAccepted | TextReceived | MmsReceived | CallMissed | Alert | Unreadable


@dataclass(frozen=True, slots=True)
class Claim:
    """A request for at most `most` jobs. `have`: what the phone holds; `room`: segments left by SIM slot, if stated."""

    claim_id: str
    most: int
    have: frozenset[int] = frozenset()
    room: Mapping[int, int] = field(default_factory=dict)
    sims: tuple[SeenSim, ...] = ()


@dataclass(frozen=True, slots=True)
class Callback:
    """`health`: as shown to the owner. `boot_offsets`: how far this phone's wall clock is off (PhoneClock)."""

    events: tuple[PhoneEvent, ...]
    claim: Claim | None
    store_id: str
    heard: Heard
    health: Mapping[str, Any] = field(default_factory=dict)
    boot_offsets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancel:
    """What a phone holds and should not send any more."""

    message_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """`permanent`: the phone quarantines the event; otherwise it offers it again."""

    event_id: str
    code: str
    permanent: bool = True
