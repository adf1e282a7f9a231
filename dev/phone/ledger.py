"""Concludes jobs: state, times, remembered outcome and report are written together or not at all."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from dev.phone.clock import Clock, Stamp, stamp
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
    def __init__(self, store: Store, jobs: Jobs, outbox: Outbox, clock: Clock, tell: Tell) -> None:
        self._store = store
        self._jobs = jobs
        self._outbox = outbox
        self._clock = clock
        self._tell = tell

    def conclude(self, job: Job, state: JobState, data: dict[str, Any], event: str | None = None) -> bool:
        """Move a row to better evidence and report it; False (and nothing written) when it already knows as much.

        `event`: its type where it is not named after the state.
        """
        kind = event or f"job.{state}"
        if EVIDENCE.get(job.state, 0) >= EVIDENCE[state]:
            return False
        at = stamp(self._clock)
        with self._store.transaction():
            step = STEP_BY_STATE.get(state)
            times = self._jobs.note_time(job, step, at) if step else job.times
            reported = {**data, "times": times_at(times, at)}
            self._jobs.set_state(job, state)
            self._jobs.set_outcome(job, {"type": kind, "data": reported, "at": astuple(at)})
            self._outbox.add(kind, reported, job, at=at)
        self._tell(f"{job.job_id} {state}{_because(data)}")
        return True

    def begin_sending(self, job: Job, segments: int, sim_id: str) -> None:
        """The radio call is about to be made: row, times and report, in the caller's transaction."""
        at = stamp(self._clock)
        self._jobs.begin_hand_off(job, segments, at)
        times = self._jobs.note_time(job, "sending", at)
        self._outbox.add("job.sending", {"parts": segments, "sim_id": sim_id, "times": times_at(times, at)}, job, at=at)

    def release(self, job: Job, reason: str) -> None:
        """Give back a job that never reached the radio."""
        with self._store.transaction():
            self._jobs.set_state(job, JobState.RELEASED)
            at = astuple(stamp(self._clock))
            self._jobs.set_outcome(job, {"type": "job.released", "data": {"reason": reason}, "at": at})
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
        at = job.handed or stamp(self._clock)
        kind, data = "job.sending", {"parts": job.segments, "sim_id": job.sim_id, "times": times_at(job.times, at)}
        if job.state in GIVEN_BACK:
            kind, data = "job.released", {"reason": "not_held"}
        elif job.outcome is not None:
            kind, data, at = job.outcome["type"], job.outcome["data"], Stamp(*job.outcome["at"])
        self._outbox.hurry(self._outbox.add(kind, data, job, at=at, lease_epoch=lease_epoch))


def times_at(times: dict[str, Stamp], at: Stamp) -> dict[str, str]:
    """Step times on the wall clock as it stands at `at`, so that the server shifts them all alike (protocol §15)."""
    return {
        step: to_wire(at.wall_ms - (at.elapsed_ms - when.elapsed_ms) if when.boot_id == at.boot_id else when.wall_ms)
        for step, when in times.items()
    }


def _because(data: dict[str, Any]) -> str:
    error = data.get("error")
    reason = error["name"] if error else data.get("reason")
    return f": {reason}" if reason else ""
