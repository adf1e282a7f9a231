"""A paired phone, how it looks from here, and which one takes a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from roost.domain.errors import InvalidRequest
from roost.domain.instants import MINUTE
from roost.domain.leases import Lease
from roost.domain.pacing import Bookings, Opening, Pacing, next_opening


class Presence(StrEnum):
    """What is shown: a dozing phone is `quiet` and that is normal (protocol §17)."""

    ONLINE = "online"
    QUIET = "quiet"
    OFFLINE = "offline"


ONLINE_FOR = 20 * MINUTE
QUIET_FOR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Sim:
    """`slot`: 0 or 1; `id`: the phone's own name for this SIM card in this phone. `moved_from`: the slot it was in
    before its owner agreed to this one.
    """

    slot: int
    id: str
    carrier: str | None = None
    mccmnc: str | None = None
    number: str | None = None
    moved_from: int | None = None


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a wake goes. `state`: `ok`, `lost` (unregistered) or `misconfigured` (another project's)."""

    provider: str
    kind: str = "token"
    value: str = ""
    project_id: str | None = None
    state: str = "ok"


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest claim of a phone by its own monotonic clock: a request older than that is a late copy."""

    boot_id: str
    elapsed: int


@dataclass(frozen=True, slots=True)
class Phone:
    """One paired app installation. Instants in ms; `seen_at` is its last call.

    `wakes` counts every time it got new work, so that a claim notices work that came while it looked.
    `held_jobs`: what it was given and is not known to have settled; a look at the phone reads these and no more.
    `pushed_at`, `pushes`: of the pushes after the first wake, since it last called.
    `next_token_hash`: while a rotation is open (`rotating_since`), of the token told last.
    `cancels`: messages it holds that should not leave any more. `checked_in`: the last minute (yyyymmddhhmm) in which a
    claim of it asked the sweep to look at it.
    """

    account: str
    number: int
    name: str
    model: str
    install_id: str
    store_id: str
    token_hash: str
    paired_at: int
    seen_at: int
    sims: tuple[Sim, ...] = ()
    enabled: bool = True
    default_sim: int | None = None
    pacing: Pacing = field(default_factory=Pacing)
    booked: Bookings = field(default_factory=Bookings)
    epoch: int = 0
    last_lease: Lease | None = None
    held_jobs: frozenset[int] = frozenset()
    cancels: frozenset[int] = frozenset()
    checked_in: str = ""
    rotating_since: int | None = None
    next_token_hash: str | None = None
    push: PushAddress | None = None
    woken_at: int | None = None
    wakes: int = 0
    pushed_at: int | None = None
    pushes: int = 0
    heard: Heard | None = None
    removed_at: int | None = None
    health: Mapping[str, Any] = field(default_factory=dict)
    boot_offsets: Mapping[str, int] = field(default_factory=dict)
    alerts: Mapping[str, Any] = field(default_factory=dict)

    def opening(self, now: int, *, urgent: bool = False) -> Opening:
        """When this phone may send next, by its pacing."""
        return next_opening(self.pacing, self.booked, self.paired_at, now, urgent)

    def presence(self, now: int) -> Presence:
        silent_for = now - self.seen_at
        if silent_for < ONLINE_FOR:
            return Presence.ONLINE
        return Presence.QUIET if silent_for < QUIET_FOR else Presence.OFFLINE

    @property
    def may_send(self) -> bool:
        """Enabled by its owner and allowed to send by Android."""
        return self.enabled and self.removed_at is None and "SEND_SMS" not in self.health.get("missing", ())

    @property
    def can_be_pushed(self) -> bool:
        return self.push is not None and self.push.provider == "fcm" and self.push.state == "ok"

    def sim_in(self, slot: int) -> Sim | None:
        return next((sim for sim in self.sims if sim.slot == slot), None)

    def sim_for(self, slot: int) -> Sim | None:
        """What a message that was bound to a slot leaves by: the SIM there, else the one that was moved out of it."""
        return self.sim_in(slot) or next((sim for sim in self.sims if sim.moved_from == slot), None)


def choose_sim(phone: Phone, wanted_slot: int | None, field_name: str) -> int | None:
    """The SIM slot a message leaves by: the wanted one, else the phone's default, else its first; None without SIMs.

    Raises InvalidRequest naming `field_name` when the wanted slot is empty: another SIM is another sender.
    """
    if wanted_slot is not None:
        if phone.sim_in(wanted_slot) is None:
            slots = ", ".join(str(sim.slot) for sim in phone.sims) or "none"
            raise InvalidRequest.of(
                field_name, f"phone {phone.number} has no SIM in slot {wanted_slot} (slots: {slots})"
            )
        return wanted_slot
    if phone.default_sim is not None and phone.sim_in(phone.default_sim) is not None:
        return phone.default_sim
    return min((sim.slot for sim in phone.sims), default=None)
