"""Rows of leased jobs and the states they pass on the phone."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any

from dev.phone.clock import Stamp
from dev.phone.store import Store
from dev.phone.wire import MmsContent, OfferedJob


class JobState(StrEnum):
    """`stored` waits for the acknowledged acceptance, `ready` may go to the radio, `lost` went back to the server."""

    STORED = "stored"
    READY = "ready"
    HANDING_OFF = "handing_off"
    HANDED_OFF = "handed_off"
    LOST = "lost"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELED = "canceled"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"


WAITING = frozenset({JobState.STORED, JobState.READY})
ON_THE_RADIO = frozenset({JobState.HANDING_OFF, JobState.HANDED_OFF})
HELD = WAITING | ON_THE_RADIO
GIVEN_BACK = frozenset({JobState.LOST, JobState.RELEASED})

# How good the evidence is; a row only ever moves to better evidence (protocol §10).
EVIDENCE = {
    JobState.HANDING_OFF: 30,
    JobState.HANDED_OFF: 30,
    JobState.UNKNOWN: 40,
    JobState.EXPIRED: 50,
    JobState.CANCELED: 51,
    JobState.FAILED: 60,
    JobState.SENT: 70,
    JobState.UNDELIVERED: 80,
    JobState.DELIVERED: 90,
}


@dataclass(frozen=True, slots=True)
class Job:
    """One row. `text` of a USSD job is its code; `recipient` and `text` are None once the content was deleted.

    Times: epoch ms, server time.
    """

    received: int
    job_id: str
    attempt: int
    lease_epoch: int
    grant: str
    state: JobState
    kind: str
    recipient: str | None
    text: str | None
    mms: MmsContent | None
    slot: int | None
    sim_id: str | None
    priority: int
    not_before_ms: int | None
    not_after_ms: int | None
    lease_until_ms: int | None
    delivery_report: bool
    report_now: bool
    segments: int | None
    waited_for: str | None
    handed: Stamp | None
    times: dict[str, Stamp]
    outcome: dict[str, Any] | None

    @property
    def key(self) -> tuple[str, int]:
        return self.job_id, self.attempt


def _job(row: sqlite3.Row) -> Job:
    handed = None
    if row["handed_boot"] is not None:
        handed = Stamp(row["handed_boot"], row["handed_elapsed_ms"], row["handed_wall_ms"])
    return Job(
        received=row["received"], job_id=row["job_id"], attempt=row["attempt"],
        lease_epoch=row["lease_epoch"], grant=row["lease_grant"], state=JobState(row["state"]),
        kind=row["kind"], recipient=row["recipient"], text=row["text"],
        mms=MmsContent.model_validate_json(row["mms"]) if row["mms"] else None,
        slot=row["slot"], sim_id=row["sim_id"], priority=row["priority"],
        not_before_ms=row["not_before_ms"], not_after_ms=row["not_after_ms"], lease_until_ms=row["lease_until_ms"],
        delivery_report=bool(row["delivery_report"]), report_now=bool(row["report_now"]),
        segments=row["segments"], waited_for=row["waited_for"],
        handed=handed, times={step: Stamp(*at) for step, at in json.loads(row["times"]).items()},
        outcome=json.loads(row["outcome"]) if row["outcome"] else None,
    )  # fmt: skip


class Jobs:
    """Reads and single-row changes; the rules about who may change what are with the callers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, job_id: str, attempt: int) -> Job | None:
        row = self._store.row("SELECT * FROM jobs WHERE job_id = ? AND attempt = ?", job_id, attempt)
        return _job(row) if row else None

    def in_states(self, states: frozenset[JobState]) -> list[Job]:
        marks = ",".join("?" * len(states))
        rows = self._store.rows(f"SELECT * FROM jobs WHERE state IN ({marks}) ORDER BY received", *sorted(states))
        return [_job(row) for row in rows]

    def insert(self, offered: OfferedJob, state: JobState) -> None:
        self._store.change(
            """INSERT OR IGNORE INTO jobs (job_id, attempt, lease_epoch, lease_grant, state, kind, recipient, text,
               mms, content_mark, slot, sim_id, priority, not_before_ms, not_after_ms, lease_until_ms, delivery_report,
               report_now) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            offered.job_id, offered.attempt, *self._lease(offered, state),
        )  # fmt: skip

    def renew(self, offered: OfferedJob, state: JobState) -> None:
        """A row not yet handed off takes over a newer lease, content included."""
        self._store.change(
            """UPDATE jobs SET lease_epoch = ?, lease_grant = ?, state = ?, kind = ?, recipient = ?, text = ?,
               mms = ?, content_mark = ?, slot = ?, sim_id = ?, priority = ?, not_before_ms = ?,
               not_after_ms = ?, lease_until_ms = ?, delivery_report = ?, report_now = ?,
               waited_for = NULL, outcome = NULL WHERE job_id = ? AND attempt = ?""",
            *self._lease(offered, state), offered.job_id, offered.attempt,
        )  # fmt: skip

    def _lease(self, offered: OfferedJob, state: JobState) -> tuple[object, ...]:
        sim = offered.sim
        return (
            offered.lease_epoch, offered.grant, state, offered.kind, offered.to, offered.content,
            offered.mms.model_dump_json() if offered.mms else None, self._content_mark(offered),
            sim.slot if sim else None, sim.sim_id if sim else None, offered.priority,
            offered.not_before_ms, offered.not_after_ms, offered.lease_until_ms,
            offered.delivery_report, offered.report == "now",
        )  # fmt: skip

    def _content_mark(self, offered: OfferedJob) -> str:
        """Tells equal contents apart from different ones after the content is gone; salted, so it says nothing else."""
        members = (str(self._store.get("store_id")), offered.to or "", offered.content or "")
        return hashlib.sha256("\x00".join(members).encode()).hexdigest()[:16]

    def twins_of(self, job: Job) -> list[Job]:
        """Other jobs with the same recipient and text that were handed to the radio."""
        rows = self._store.rows(
            """SELECT twin.* FROM jobs twin JOIN jobs own ON twin.content_mark = own.content_mark
               WHERE own.received = ? AND twin.received != own.received AND twin.handed_boot IS NOT NULL""",
            job.received,
        )
        return [_job(row) for row in rows]

    def set_state(self, job: Job, state: JobState) -> None:
        self._store.change("UPDATE jobs SET state = ? WHERE received = ?", state, job.received)

    def set_epoch(self, job: Job, lease_epoch: int) -> None:
        self._store.change("UPDATE jobs SET lease_epoch = ? WHERE received = ?", lease_epoch, job.received)

    def set_waiting_for(self, job: Job, reason: str) -> None:
        self._store.change("UPDATE jobs SET waited_for = ? WHERE received = ?", reason, job.received)

    def begin_hand_off(self, job: Job, segments: int, at: Stamp) -> None:
        """`handing_off` with one empty part row per segment."""
        self._store.change(
            """UPDATE jobs SET state = ?, segments = ?, handed_boot = ?, handed_elapsed_ms = ?, handed_wall_ms = ?
               WHERE received = ?""",
            JobState.HANDING_OFF, segments, at.boot_id, at.elapsed_ms, at.wall_ms, job.received,
        )  # fmt: skip
        for part in range(1, segments + 1):
            self._store.change("INSERT OR IGNORE INTO parts (job_id, attempt, part) VALUES (?, ?, ?)", *job.key, part)

    def set_outcome(self, job: Job, event: dict[str, Any]) -> None:
        """Remember the outcome event's type and data, so that it can be repeated. Holds no content."""
        self._store.change("UPDATE jobs SET outcome = ? WHERE received = ?", json.dumps(event), job.received)

    def note_time(self, job: Job, step: str, at: Stamp) -> dict[str, Stamp]:
        """All step times of the job with this one added; the first time of a step is kept."""
        times = {**job.times, step: job.times.get(step, at)}
        written = json.dumps({name: astuple(when) for name, when in times.items()})
        self._store.change("UPDATE jobs SET times = ? WHERE received = ?", written, job.received)
        return times

    def delete_content(self, job_id: str, attempt: int) -> None:
        self._store.change(
            "UPDATE jobs SET recipient = NULL, text = NULL, mms = NULL WHERE job_id = ? AND attempt = ?",
            job_id,
            attempt,
        )

    def forget_older_than(self, not_after_ms: int) -> None:
        """Rows are the memory against duplicates; they go only after everything about them is reported."""
        held = ",".join(f"'{state}'" for state in sorted(HELD))
        self._store.change(
            f"""DELETE FROM jobs WHERE not_after_ms < ? AND state NOT IN ({held})
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.job_id = jobs.job_id AND o.attempt = jobs.attempt)""",
            not_after_ms,
        )
        self._store.change(
            """DELETE FROM parts WHERE NOT EXISTS
               (SELECT 1 FROM jobs j WHERE j.job_id = parts.job_id AND j.attempt = parts.attempt)"""
        )
