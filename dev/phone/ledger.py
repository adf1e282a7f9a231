"""Concludes jobs: state, times, remembered outcome and report are written together or not at all."""

from __future__ import annotations

from typing import Any

from dev.phone.corrected_time import CorrectedTime
from dev.phone.jobs import EVIDENCE, GIVEN_BACK, Job, Jobs, JobState
from dev.phone.narration import Tell
from dev.phone.outbox import Outbox
from dev.phone.store import Store
from dev.phone.times import to_wire

STEP_BY_STATE = {
    JobState.SENT: "sent",
    JobState.FAILED: "failed",
    JobState.DELIVERED: "delivered",
    JobState.UNDELIVERED: "undelivered",
}


class Ledger:
    def __init__(self, store: Store, jobs: Jobs, outbox: Outbox, corrected: CorrectedTime, tell: Tell) -> None:
        self._store = store
        self._jobs = jobs
        self._outbox = outbox
        self._corrected = corrected
        self._tell = tell

    def conclude(self, job: Job, state: JobState, data: dict[str, Any]) -> bool:
        """Move a row to better evidence and report it; False (and nothing written) when it already knows as much."""
        if EVIDENCE.get(job.state, 0) >= EVIDENCE[state]:
            return False
        with self._store.transaction():
            times = self.note_step(job, STEP_BY_STATE[state]) if state in STEP_BY_STATE else job.times
            event: dict[str, Any] = {"type": f"job.{state}", "data": {**data, "times": times}}
            self._jobs.set_state(job, state)
            self._jobs.set_outcome(job, event)
            self._outbox.add(event["type"], event["data"], job)
        self._tell(f"{job.job_id} {state}{_because(data)}")
        return True

    def note_step(self, job: Job, step: str) -> dict[str, str]:
        return self._jobs.note_time(job, step, to_wire(self._corrected.now_ms()))

    def release(self, job: Job, reason: str) -> None:
        """Give back a job that never reached the radio."""
        with self._store.transaction():
            self._jobs.set_state(job, JobState.RELEASED)
            self._jobs.set_outcome(job, {"type": "job.released", "data": {"reason": reason}})
            self._outbox.add("job.released", {"reason": reason}, job)
        self._tell(f"{job.job_id} given back: {reason}")

    def lose(self, job: Job) -> None:
        """The right to send this job is gone; content goes at once, nothing is sent."""
        self._jobs.set_state(job, JobState.LOST)
        self._jobs.delete_content(*job.key)
        self._tell(f"{job.job_id} is no longer this phone's to send")

    def repeat(self, job: Job, lease_epoch: int) -> None:
        """Report the row's state once more, soon, under the epoch in which the server asked: its lease may run out."""
        if self._outbox.has_outcome_of(job, lease_epoch):
            return
        kind, data = "job.sending", self.sending_data(job)
        if job.state in GIVEN_BACK:
            kind, data = "job.released", {"reason": "not_held"}
        elif job.outcome is not None:
            kind, data = job.outcome["type"], job.outcome["data"]
        self._outbox.hurry(self._outbox.add(kind, data, job, lease_epoch=lease_epoch))

    @staticmethod
    def sending_data(job: Job) -> dict[str, Any]:
        return {"parts": job.segments, "sim_id": job.sim_id, "times": job.times}


def _because(data: dict[str, Any]) -> str:
    error = data.get("error")
    reason = error["name"] if error else data.get("reason")
    return f": {reason}" if reason else ""
