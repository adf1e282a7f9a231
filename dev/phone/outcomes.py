"""From part results and delivery reports to the outcome of a job (protocol §8 and §11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dev.phone.broadcasts import DeliveryReport, SentResult, UssdAnswer
from dev.phone.clock import age_ms, likely_age_ms
from dev.phone.fates import RESULT_OK
from dev.phone.handset import Handset
from dev.phone.jobs import ON_THE_RADIO, Job, Jobs, JobState
from dev.phone.kill_points import KillPoint, KillSwitch
from dev.phone.ledger import Ledger
from dev.phone.outbox import Outbox
from dev.phone.pacing import Pacing
from dev.phone.result_codes import THROTTLED, UNCLEAR, USSD_FAILURES, radio_error
from dev.phone.store import Store
from dev.phone.times import MINUTE

FIRST_TRYING = 0x20
FIRST_FAILED = 0x40

USSD_TIMEOUT_MS = MINUTE
RESOLVE_AFTER_MS = {JobState.HANDING_OFF: 2 * MINUTE, JobState.HANDED_OFF: 10 * MINUTE}
TWIN_WINDOW_MS = 3 * MINUTE
UNKNOWN_REASON = {JobState.HANDING_OFF: "killed_in_handoff", JobState.HANDED_OFF: "no_result"}


@dataclass(frozen=True, slots=True)
class Part:
    """`sent_code` None: no result yet. `tp_status` None: no delivery report yet."""

    part: int
    sent_code: int | None
    error_code: int | None
    tp_status: int | None


def verdict(parts: Sequence[Part], *, is_waited_out: bool = False) -> JobState | None:
    """The state that these parts prove; None while it is open. Order and repetition of results do not matter."""
    reports = [part.tp_status for part in parts]
    settled = [status for status in reports if status is not None and not FIRST_TRYING <= status < FIRST_FAILED]
    if parts and len(settled) == len(parts):
        return JobState.UNDELIVERED if max(settled) >= FIRST_FAILED else JobState.DELIVERED
    codes = [part.sent_code for part in parts]
    if None in codes and not is_waited_out:
        return None
    if any(code not in (None, RESULT_OK) for code in codes):
        return JobState.FAILED
    return JobState.UNKNOWN if None in codes or not parts else JobState.SENT


def is_news(known: int | None, status: int) -> bool:
    """Delivered is never taken back, and a report of trying says nothing against a failure."""
    if known is None:
        return True
    if known < FIRST_TRYING or status == known:
        return False
    return known < FIRST_FAILED or status < FIRST_TRYING


class Outcomes:
    def __init__(
        self, store: Store, jobs: Jobs, outbox: Outbox, ledger: Ledger, pacing: Pacing, kill: KillSwitch
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._outbox = outbox
        self._ledger = ledger
        self._pacing = pacing
        self._kill = kill

    def take_result(self, result: SentResult) -> None:
        """A sent intent. For a job that was forgotten, or a part already known as sent, nothing happens."""
        with self._store.transaction():
            job = self._jobs.get(result.job_id, result.attempt)
            changed = self._store.change(
                """UPDATE parts SET sent_code = ?, error_code = ? WHERE job_id = ? AND attempt = ? AND part = ?
                   AND (sent_code IS NULL OR (sent_code != ? AND sent_code != ?))""",
                result.code, result.error_code, result.job_id, result.attempt, result.part, RESULT_OK, result.code,
            )  # fmt: skip
            if job is None or not changed:
                return
            self._report_part(job, result)
            self._settle(job, is_waited_out=False)
        self._kill.reach(KillPoint.AFTER_RESULT)

    def take_report(self, report: DeliveryReport) -> None:
        """A delivery intent, in any order and any number, also before the sent results."""
        with self._store.transaction():
            job = self._jobs.get(report.job_id, report.attempt)
            known = {part.part: part for part in self._parts(job)} if job else {}
            if job is None or report.part not in known or not is_news(known[report.part].tp_status, report.tp_status):
                return
            self._store.change(
                "UPDATE parts SET tp_status = ? WHERE job_id = ? AND attempt = ? AND part = ?",
                report.tp_status, report.job_id, report.attempt, report.part,
            )  # fmt: skip
            if len(known) > 1 and report.tp_status < FIRST_TRYING:
                data = {"tp_status": report.tp_status}
                self._outbox.add("job.part_delivered", data, job, part=report.part, parts=len(known))
            self._settle(job, is_waited_out=False)
        self._kill.reach(KillPoint.AFTER_RESULT)

    def take_ussd(self, answer: UssdAnswer) -> None:
        """What the network said to a code; also after it was given up."""
        job = self._jobs.get(answer.job_id, answer.attempt)
        if job is None:
            return
        failed = answer.text is None
        error = {"name": USSD_FAILURES.get(answer.code, "USSD_FAILED"), "code": answer.code} if failed else None
        data = {"ok": not failed, "text": answer.text, "error": error}
        self._ledger.conclude(job, JobState.FAILED if failed else JobState.DELIVERED, data, "ussd.result")
        self._kill.reach(KillPoint.AFTER_RESULT)

    def resolve_overdue(self, handset: Handset) -> int | None:
        """Settle rows whose results did not come; milliseconds until the next one is due, None without any."""
        left: list[int] = []
        for job in self._jobs.in_states(ON_THE_RADIO):
            patience = USSD_TIMEOUT_MS if job.kind == "ussd" else RESOLVE_AFTER_MS[job.state]
            age = age_ms(handset.clock, job.handed) if job.handed else patience
            if age < patience:
                left.append(patience - age)
            else:
                self._resolve(job, handset)
        return min(left) if left else None

    def _resolve(self, job: Job, handset: Handset) -> None:
        with self._store.transaction():
            if self._settle(job, is_waited_out=False):
                return
            status = self._sent_box_status(job, handset)
            if status == "sent":
                self._ledger.conclude(job, JobState.SENT, self._sent_data(job, "sent_box"))
            elif status == "failed":
                error = {"name": "SENT_BOX_FAILED", "code": None, "radio": None, "class": UNCLEAR}
                self._ledger.conclude(job, JobState.FAILED, self._failed_data(job, error))
            else:
                self._settle(job, is_waited_out=True)

    def _sent_box_status(self, job: Job, handset: Handset) -> str | None:
        """None also when an equal text went out at the same time: its entry would be taken for this one's."""
        if job.handed is None or job.recipient is None or job.text is None:
            return None
        age = likely_age_ms(handset.clock, job.handed)
        for twin in self._jobs.twins_of(job):
            if twin.handed and abs(likely_age_ms(handset.clock, twin.handed) - age) < TWIN_WINDOW_MS:
                return None
        return handset.sent_box_status(job.recipient, job.text, job.handed)

    def _settle(self, job: Job, *, is_waited_out: bool) -> bool:
        state = verdict(self._parts(job), is_waited_out=is_waited_out)
        return state is not None and self._ledger.conclude(job, state, self._data(job, state))

    def _data(self, job: Job, state: JobState) -> dict[str, Any]:
        if state is JobState.SENT:
            return self._sent_data(job, "broadcast")
        if state is JobState.FAILED:
            return self._failed_data(job, self._first_error(job))
        if state is JobState.UNKNOWN:
            return {"reason": UNKNOWN_REASON.get(job.state, "no_result")}
        return {"tp_status": max(part.tp_status or 0 for part in self._parts(job))}

    def _sent_data(self, job: Job, evidence: str) -> dict[str, Any]:
        return {"parts": job.segments, "sim_id": job.sim_id, "evidence": evidence}

    def _failed_data(self, job: Job, error: dict[str, Any]) -> dict[str, Any]:
        sent = sum(part.sent_code == RESULT_OK for part in self._parts(job))
        return {"error": error, "partial": sent > 0, "parts_sent": sent}

    def _first_error(self, job: Job) -> dict[str, Any]:
        failed = next(part for part in self._parts(job) if part.sent_code not in (None, RESULT_OK))
        return radio_error(int(failed.sent_code or 0), failed.error_code)

    def _report_part(self, job: Job, result: SentResult) -> None:
        error = None if result.code == RESULT_OK else radio_error(result.code, result.error_code)
        if error and error["class"] == THROTTLED:
            self._pacing.throttle()
            self._outbox.add("alert", {"code": "throttled", "detail": error["name"]})
        if (job.segments or 1) > 1:
            kind = "job.part_failed" if error else "job.part_sent"
            data = {"error": error} if error else {}
            self._outbox.add(kind, data, job, part=result.part, parts=job.segments)

    def _parts(self, job: Job) -> list[Part]:
        rows = self._store.rows(
            """SELECT part, sent_code, error_code, tp_status FROM parts
               WHERE job_id = ? AND attempt = ? ORDER BY part""",
            *job.key,
        )
        return [Part(*row) for row in rows]
