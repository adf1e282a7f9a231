"""What the card of a phone shows."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain import ids
from roost.domain.pacing import Hold, daily_cap, local_day
from roost.domain.phones import Phone, Presence


@dataclass(frozen=True, slots=True)
class PhoneCard:
    """`silent_for`: ms since its last call. `ailments`: keys of texts, each a thing the owner can mend on the phone.
    `share`: of today's cap that is used, 0 to 100."""

    id: str
    name: str
    model: str
    presence: Presence
    enabled: bool
    is_primary: bool
    battery: int | None
    is_charging: bool
    network: str | None
    silent_for: int
    sims: tuple[str, ...]
    used: int
    cap: int
    gap_seconds: int
    hold: Hold | None
    next_free_at: int
    ailments: tuple[str, ...]

    @property
    def share(self) -> int:
        return min(100, self.used * 100 // self.cap) if self.cap else 100


def card_of(phone: Phone, primary: int | None, now: int) -> PhoneCard:
    health, opening = phone.health, phone.opening(now)
    return PhoneCard(
        id=ids.spell("phn", phone.number),
        name=phone.name,
        model=phone.model,
        presence=phone.presence(now),
        enabled=phone.enabled,
        is_primary=phone.number == primary,
        battery=health.get("battery"),
        is_charging=bool(health.get("charging")),
        network=health.get("net"),
        silent_for=now - phone.seen_at,
        sims=tuple(sim.number or sim.carrier or f"SIM {sim.slot + 1}" for sim in phone.sims),
        used=phone.booked.count if phone.booked.day == local_day(phone.pacing, now) else 0,
        cap=daily_cap(phone.pacing, phone.paired_at, now),
        gap_seconds=phone.pacing.gap_seconds,
        hold=opening.hold,
        next_free_at=opening.at,
        ailments=_ailments(phone),
    )


def _ailments(phone: Phone) -> tuple[str, ...]:
    """In the order in which they matter."""
    found = [f"missing_{permission.lower()}" for permission in phone.health.get("missing", ()) if permission in KNOWN]
    if not phone.sims:
        found.append("no_sim")
    if not phone.can_be_pushed:
        found.append("no_push")
    found += [f"alert_{code}" for code in sorted(phone.alerts) if code in ALERTS]
    return tuple(found)


KNOWN = frozenset({"SEND_SMS", "RECEIVE_SMS", "READ_SMS", "READ_PHONE_STATE", "POST_NOTIFICATIONS", "READ_CALL_LOG"})
"""Permissions there is a text for."""

ALERTS = frozenset({"push_deprioritised", "battery_restricted", "sim_changed", "storage_low"})
"""Alerts of the phone protocol there is a text for."""
