"""SIM cards and the slots they sit in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"
    RADIO_OFF = "radio_off"


@dataclass(frozen=True, slots=True)
class Sim:
    """`mccmnc` 00101 and 00102 are test networks. `number` is often unknown to the phone itself."""

    sim_id: str
    carrier: str
    mccmnc: str
    number: str | None = None


class SimTray:
    """Which SIM is in which slot and whether it has service. Slots count from 0."""

    def __init__(self, sims: dict[int, Sim]) -> None:
        self.sims = dict(sims)
        self.service: dict[int, Service] = {}
        self.is_airplane = False

    def sim_in(self, slot: int) -> Sim | None:
        return self.sims.get(slot)

    def slot_of(self, sim_id: str) -> int | None:
        return next((slot for slot, sim in self.sims.items() if sim.sim_id == sim_id), None)

    def service_of(self, slot: int) -> Service:
        if self.is_airplane:
            return Service.RADIO_OFF
        return self.service.get(slot, Service.IN_SERVICE)

    def remove(self, slot: int) -> Sim | None:
        return self.sims.pop(slot, None)

    def insert(self, slot: int, sim: Sim) -> None:
        self.sims[slot] = sim


def two_sims(suffix: str) -> dict[int, Sim]:
    """The usual virtual phone. `suffix` keeps the ids of two phones apart."""
    return {
        0: Sim(f"sim_{suffix}_1", "Roost Mobile", "00101"),
        1: Sim(f"sim_{suffix}_2", "Roost Telecom", "00102"),
    }
