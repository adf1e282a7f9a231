"""Applies a callback answer: one transaction, in the order of protocol §5.2."""

from __future__ import annotations

from typing import Any

from dev.phone.corrected_time import CorrectedTime
from dev.phone.jobs import GIVEN_BACK, WAITING, Job, Jobs, JobState
from dev.phone.kill_points import KillPoint, KillSwitch
from dev.phone.ledger import Ledger
from dev.phone.narration import Tell, counted
from dev.phone.outbox import OUTCOMES, Outbox
from dev.phone.sim_watch import SimWatch
from dev.phone.store import Store
from dev.phone.tokens import Tokens
from dev.phone.wire import CallbackAnswer, JobKey, OfferedJob, RejectedEvent, SimRef


class Answers:
    def __init__(
        self, store: Store, jobs: Jobs, outbox: Outbox, ledger: Ledger, corrected: CorrectedTime,
        tokens: Tokens, sim_watch: SimWatch, kill: KillSwitch, tell: Tell,
    ) -> None:  # fmt: skip
        self._store = store
        self._jobs = jobs
        self._outbox = outbox
        self._ledger = ledger
        self._corrected = corrected
        self._tokens = tokens
        self._sim_watch = sim_watch
        self._kill = kill
        self._tell = tell

    def apply(self, answer: CallbackAnswer, round_trip_ms: int) -> None:
        """Cancel comes first: the acknowledgement of an acceptance in the same answer makes rows ready to send."""
        self._kill.reach(KillPoint.BEFORE_ACK_APPLIED)
        if answer.jobs:
            self._kill.reach(KillPoint.BEFORE_STORE)
        with self._store.transaction():
            for key in answer.cancel:
                self._cancel(key)
            self._acknowledge(answer)
            self._take_jobs(answer.jobs)
            if answer.config is not None:
                self._store.put("config", answer.config.model_dump())
            self._tokens.offer_next(answer.next_token)
            for sim in answer.confirmed_sims:
                self._agree(sim)
            self._corrected.anchor(answer.server_time_ms, round_trip_ms)
        if answer.jobs:
            self._kill.reach(KillPoint.AFTER_STORE)

    def _agree(self, sim: SimRef) -> None:
        if self._sim_watch.agree(sim.slot, sim.sim_id):
            self._tell(f"the owner confirmed the SIM in slot {sim.slot}")

    def _cancel(self, key: JobKey) -> None:
        """Too late once the radio may have it: then the normal reports answer the question."""
        job = self._jobs.get(key.job_id, key.attempt)
        if job is not None and job.state in WAITING:
            self._ledger.conclude(job, JobState.CANCELED, {})
            self._jobs.delete_content(*job.key)

    def _acknowledge(self, answer: CallbackAnswer) -> None:
        sent = set(self._outbox.frozen_ids())
        for event_id in answer.acked:
            self._acked(self._outbox.take(event_id))
        for rejected in answer.rejected:
            self._rejected(rejected)
        for event_id in sent - set(answer.acked) - {rejected.event_id for rejected in answer.rejected}:
            self._outbox.hold(event_id)
        self._outbox.thaw()
        self._store.change("DELETE FROM batch")

    def _acked(self, event: dict[str, Any] | None) -> None:
        if event is None:
            return
        if event["type"] == "lease.accepted":
            for job in self._rows_of_lease(event):
                self._jobs.set_state(job, JobState.READY)
        if event["type"] in OUTCOMES or event["type"] == "job.released":
            known = self._known(event)
            if known is not None and known.outcome is not None:
                self._jobs.delete_content(*known.key)

    def _rejected(self, rejected: RejectedEvent) -> None:
        if not rejected.permanent:
            self._outbox.hold(rejected.event_id)
            return
        event = self._outbox.quarantine(rejected.event_id, rejected.code)
        if event is None:
            return
        self._tell(f"the server refuses {event['type']} for good: {rejected.code}")
        if event["type"] == "lease.accepted":
            for job in self._rows_of_lease(event):
                self._ledger.lose(job)

    def _rows_of_lease(self, accepted: dict[str, Any]) -> list[Job]:
        """The rows an acceptance speaks for; one that took over a newer lease needs its own."""
        return [
            job
            for job in self._jobs.in_states(frozenset({JobState.STORED}))
            if job.lease_epoch == accepted["lease_epoch"] and job.job_id in accepted["data"]["job_ids"]
        ]

    def _known(self, event: dict[str, Any]) -> Job | None:
        return self._jobs.get(event["job_id"], event["attempt"])

    def _take_jobs(self, offered: list[OfferedJob]) -> None:
        to_accept: dict[int, list[str]] = {}
        for job in offered:
            if self._take_job(job) and job.grant == "confirm":
                to_accept.setdefault(job.lease_epoch, []).append(job.job_id)
        for lease_epoch, job_ids in to_accept.items():
            data = {"lease_epoch": lease_epoch, "job_ids": job_ids}
            self._outbox.add("lease.accepted", data, lease_epoch=lease_epoch)
        granted = sum(not job.reoffer for job in offered)
        if granted:
            self._tell(f"claimed {counted(granted, 'job')}")

    def _take_job(self, offered: OfferedJob) -> bool:
        """True when a row is now held under this lease and needs its acceptance."""
        known = self._jobs.get(offered.job_id, offered.attempt)
        if offered.reoffer:
            self._tell_state(known, offered)
            return False
        state = JobState.STORED if offered.grant == "confirm" else JobState.READY
        if known is None:
            self._jobs.insert(offered, state)
            return True
        if known.state not in WAITING | GIVEN_BACK:
            self._ledger.repeat(known, offered.lease_epoch)
            self._jobs.set_epoch(known, max(known.lease_epoch, offered.lease_epoch))
            return False
        if offered.lease_epoch <= known.lease_epoch:
            return False
        self._jobs.renew(offered, state)
        return True

    def _tell_state(self, known: Job | None, stub: OfferedJob) -> None:
        """The server believes this phone holds the job; a row still held answers through the next `have`."""
        if known is None:
            self._outbox.add(
                "job.released", {"reason": "not_held"},
                job_id=stub.job_id, attempt=stub.attempt, lease_epoch=stub.lease_epoch,
            )  # fmt: skip
        elif known.outcome is not None or known.state in GIVEN_BACK:
            self._ledger.repeat(known, stub.lease_epoch)
