"""What a claim says about the phone: how much it can take, what it holds, how its SIMs are."""

from __future__ import annotations

from typing import Any

from dev.phone.handset import SEND_SMS, Handset
from dev.phone.jobs import HELD, WAITING, Jobs
from dev.phone.outbox import Outbox
from dev.phone.pacing import Pacing
from dev.phone.sim_watch import SimWatch
from dev.phone.wire import Config


class Claims:
    def __init__(self, jobs: Jobs, outbox: Outbox, pacing: Pacing, sim_watch: SimWatch, handset: Handset) -> None:
        self._jobs = jobs
        self._outbox = outbox
        self._pacing = pacing
        self._sim_watch = sim_watch
        self._handset = handset

    def room(self, config: Config) -> int:
        """How many more jobs pacing lets the phone send within `hold_seconds`; 0 while it must not claim."""
        if not self._handset.may(SEND_SMS) or self._outbox.is_full():
            return 0
        free = sum(int(sim["free_segments"]) for sim in self.sims(config))
        by_governor = int(self._pacing.governor_limit(config) * config.hold_seconds / 60)
        return max(0, min(config.max_jobs, free, by_governor) - self.waiting())

    def waiting(self) -> int:
        return len(self._jobs.in_states(WAITING))

    def have(self) -> list[str]:
        return [job.job_id for job in self._jobs.in_states(HELD)]

    def sims(self, config: Config) -> list[dict[str, Any]]:
        """A SIM that moved to another slot offers no segments until the owner confirms it."""
        sims = []
        for slot, sim in sorted(self._handset.tray.sims.items()):
            is_confirmed = self._sim_watch.is_confirmed(slot, sim.sim_id)
            entry = {
                "slot": slot,
                "sim_id": sim.sim_id,
                "state": self._handset.tray.service_of(slot).value if is_confirmed else "unconfirmed",
                "free_segments": self._pacing.free_segments(config, sim.sim_id) if is_confirmed else 0,
            }
            day_left = self._pacing.day_left(config, sim.sim_id)
            sims.append(entry if day_left is None else {**entry, "day_left": day_left})
        return sims

    def new(self, config: Config) -> dict[str, Any]:
        """A claim without its id; `have` is added when it travels."""
        return {"max": self.room(config), "sims": self.sims(config)}
