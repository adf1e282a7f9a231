"""Notices SIMs that were pulled, swapped or moved; jobs for them are given back, never sent on another SIM."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dev.phone.handset import Handset
from dev.phone.jobs import WAITING, Jobs
from dev.phone.ledger import Ledger
from dev.phone.outbox import Outbox
from dev.phone.store import Store


class SimWatch:
    """`confirmed_sims` is what the owner agreed to (pairing, later a confirmation); `seen_sims` the last look."""

    def __init__(self, store: Store, jobs: Jobs, outbox: Outbox, ledger: Ledger, handset: Handset) -> None:
        self._store = store
        self._jobs = jobs
        self._outbox = outbox
        self._ledger = ledger
        self._handset = handset

    def confirm(self) -> None:
        """The owner agrees to the SIMs as they are now."""
        with self._store.transaction():
            self._store.put("confirmed_sims", self._look())
            self._store.put("seen_sims", self._look())

    def agree(self, slot: int, sim_id: str) -> bool:
        """The owner agreed over the API; True if that is news, and what is in the slot now. Runs in a transaction."""
        if self._look().get(str(slot)) != sim_id or self.is_confirmed(slot, sim_id):
            return False
        confirmed: dict[str, str] = self._store.get("confirmed_sims") or {}
        elsewhere = {place: other for place, other in confirmed.items() if other != sim_id}
        self._store.put("confirmed_sims", {**elsewhere, str(slot): sim_id})
        return True

    def unconfirmed(self) -> list[dict[str, Any]]:
        """SIMs in a slot in which the owner did not agree to them, as pairing describes a SIM."""
        return [
            {"slot": slot, **asdict(sim)}
            for slot, sim in sorted(self._handset.tray.sims.items())
            if not self.is_confirmed(slot, sim.sim_id)
        ]

    def is_confirmed(self, slot: int, sim_id: str) -> bool:
        confirmed: dict[str, str] = self._store.get("confirmed_sims") or {}
        return confirmed.get(str(slot)) == sim_id

    def check(self) -> None:
        """Report a change once, and give back the jobs whose SIM left its slot without a successor in it."""
        seen, now = self._store.get("seen_sims"), self._look()
        if seen is None or seen == now:
            return
        with self._store.transaction():
            self._store.put("seen_sims", now)
            if now != self._store.get("confirmed_sims"):
                self._outbox.add("alert", {"code": "sim_changed", "detail": _difference(seen, now)})
            for job in self._jobs.in_states(WAITING):
                is_gone = now.get(str(job.slot)) != job.sim_id
                was_swapped = str(job.slot) in now and job.sim_id not in now.values()
                if is_gone and not was_swapped:
                    self._ledger.release(job, "sim_gone")

    def _look(self) -> dict[str, str]:
        return {str(slot): sim.sim_id for slot, sim in sorted(self._handset.tray.sims.items())}


def _difference(before: dict[str, str], now: dict[str, str]) -> str:
    changed = sorted(slot for slot in before.keys() | now.keys() if before.get(slot) != now.get(slot))
    return ", ".join(f"slot {slot}: {before.get(slot, 'empty')} -> {now.get(slot, 'empty')}" for slot in changed)
