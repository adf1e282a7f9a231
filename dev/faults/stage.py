"""Where a scenario plays: a world, and the names that the scenario gave to its messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dev.faults.device import Device
from dev.faults.world import World
from dev.phone.times import SECOND

Step = dict[str, Any]
SETUP_SECONDS = 2
UNPACED = {"gap_seconds": 0, "daily_cap": 100_000, "warm_up": False, "acknowledge": True}
"""Most scenarios are not about pacing; those that are say so with the phone."""


@dataclass(slots=True)
class Stage:
    """`jobs`: message number by the scenario's name; `groups`: group id by the name of a batch; `links`: pairing links
    by name; `refusals`: of pairing."""

    world: World
    jobs: dict[str, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    started_ms: int = 0
    links: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def device(self, step: Step) -> Device:
        """The phone a step names; with only one phone it need not."""
        devices = self.world.devices
        return devices[step["phone"]] if "phone" in step else next(iter(devices.values()))

    def job_id(self, name: str) -> str:
        return f"msg_{self.jobs[name]}"

    def name_of(self, job_id: str) -> str:
        """The scenario's name of a job; the id itself for a message it did not name."""
        number = int(job_id.removeprefix("msg_"))
        return next((name for name, known in self.jobs.items() if known == number), job_id)

    def seconds(self) -> float:
        """Simulated time since the first step."""
        return (self.world.time.now_ms - self.started_ms) / SECOND


def add_phones(stage: Stage, phones: list[Step]) -> None:
    """Pair every phone of a scenario, one after the other, then let them settle."""
    for given in phones:
        device = stage.world.add_device(given["id"], sims=given.get("sims", 1))
        if given.get("unpaired"):
            continue
        device.pair(stage.world.caller.pairing_link())
        stage.world.caller.call("PATCH", f"/v1/phones/phn_{device.number}", {**UNPACED, **given.get("pacing", {})})
        if given.get("push", "fcm") == "fcm":
            device.register_push()
        else:
            device.app.push_unavailable()
        stage.world.run(1)  # so that the last one is the one seen last
    stage.world.run(SETUP_SECONDS)
    for given in phones:
        if given.get("offline"):
            stage.world.devices[given["id"]].app.network_changed(None)
    stage.started_ms = stage.world.time.now_ms
    stage.world.started_ms = stage.started_ms
