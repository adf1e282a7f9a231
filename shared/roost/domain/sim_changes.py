"""SIM cards that changed their slot: used only once the owner agreed, on the phone or here (protocol, F52 to F54)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from roost.domain.phones import Phone, Sim

ALERT = "sim_changed"
"""What the phone reports; settled by the owner's agreement."""


@dataclass(frozen=True, slots=True)
class SeenSim:
    """A SIM as a claim names it. `is_confirmed`: the owner agreed to it on the phone."""

    slot: int
    id: str
    is_confirmed: bool


def to_confirm(phone: Phone) -> tuple[Sim, ...]:
    """What the phone says it has without its owner's agreement, and the server does not know of either."""
    return tuple(sim for sim in _unconfirmed(phone.health) if not _is_known(phone, sim.slot, sim.id))


def agreed_here(phone: Phone, health: Mapping[str, Any]) -> tuple[Sim, ...]:
    """What the owner has agreed to over the API and the phone does not know yet, by the health it just reported."""
    return tuple(sim for sim in _unconfirmed(health) if _is_known(phone, sim.slot, sim.id))


def agreed_on_the_phone(phone: Phone, seen: Iterable[SeenSim]) -> tuple[Sim, ...]:
    """What the owner has agreed to on the phone and the server does not know yet."""
    described = {sim.id: sim for sim in (*_unconfirmed(phone.health), *phone.sims)}
    new = (sim for sim in seen if sim.is_confirmed and not _is_known(phone, sim.slot, sim.id))
    return tuple(replace(described.get(sim.id, Sim(sim.slot, sim.id)), slot=sim.slot) for sim in new)


def with_sims(phone: Phone, agreed: Iterable[Sim]) -> Phone:
    """Each in its slot. A card that left another slot is not there any more, and messages for that slot follow it."""
    sims = {sim.slot: sim for sim in phone.sims}
    slots = {sim.id: sim.slot for sim in phone.sims}
    new = {sim.id: replace(sim, moved_from=slots.get(sim.id)) for sim in agreed}
    kept = [sim for sim in sims.values() if sim.id not in new]
    placed = {sim.slot: sim for sim in (*kept, *new.values())}
    alerts = {code: alert for code, alert in phone.alerts.items() if code != ALERT}
    return replace(phone, sims=tuple(placed[slot] for slot in sorted(placed)), alerts=alerts)


def _is_known(phone: Phone, slot: int, sim_id: str) -> bool:
    known = phone.sim_in(slot)
    return known is not None and known.id == sim_id


def _unconfirmed(health: Mapping[str, Any]) -> tuple[Sim, ...]:
    return tuple(Sim(**sim) for sim in health.get("unconfirmed_sims", ()))
