"""Chooses the next job and asks the radio, once (protocol §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dev.phone.attachments import Attachments
from dev.phone.corrected_time import CorrectedTime
from dev.phone.handset import CALL_PHONE, SEND_SMS, Handset
from dev.phone.jobs import ON_THE_RADIO, Job, Jobs, JobState
from dev.phone.kill_points import KillPoint, KillSwitch
from dev.phone.ledger import Ledger
from dev.phone.narration import Tell, counted, masked
from dev.phone.pacing import Pacing
from dev.phone.result_codes import own_error
from dev.phone.sims import Service, Sim
from dev.phone.store import Store
from dev.phone.times import SECOND
from dev.phone.wire import Config
from roost.domain.segments import MAX_SEGMENTS, segments_of

KINDS = frozenset({"sms", "mms", "ussd"})
SERVICE_CHECK_MS = 5 * SECOND


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a job does not go now. `wait_ms` None: only an outside event helps. `stops_all`: nothing else may pass it."""

    reason: str
    wait_ms: int | None
    stops_all: bool = False


class HandOff:
    def __init__(
        self, store: Store, jobs: Jobs, ledger: Ledger, pacing: Pacing,
        corrected: CorrectedTime, attachments: Attachments, kill: KillSwitch, tell: Tell,
    ) -> None:  # fmt: skip
        self._store = store
        self._jobs = jobs
        self._ledger = ledger
        self._pacing = pacing
        self._corrected = corrected
        self._attachments = attachments
        self._kill = kill
        self._tell = tell

    def advance(self, handset: Handset, config: Config) -> int | None:
        """Hand over every job that may go; milliseconds until the next may, None if none waits for time."""
        waits: list[int] = []
        ready = self._jobs.in_states(frozenset({JobState.READY}))
        for job in sorted(ready, key=lambda row: (-row.priority, row.not_before_ms or 0, row.received)):
            blocked = self._consider(job, handset, config)
            if blocked is None:
                continue
            if blocked.wait_ms is not None:
                waits.append(blocked.wait_ms)
            if blocked.stops_all:
                break
        return min(waits) if waits else None

    def _consider(self, job: Job, handset: Handset, config: Config) -> Blocked | None:
        """Send, refuse or expire the job (None), or say what it waits for."""
        blocked = self._timing(job)
        if blocked is not None:
            return blocked
        if job.not_after_ms is not None and self._corrected.now_ms() > job.not_after_ms:
            self._ledger.conclude(job, JobState.EXPIRED, {"waited_for": job.waited_for or "slot"})
            return None
        refusal = self._refusal(job, handset)
        if refusal is not None:
            self._fail(job, refusal)
            return None
        return self._pass_to_radio(job, handset, config)

    def _timing(self, job: Job) -> Blocked | None:
        now = self._corrected.now_ms()
        uncertainty = self._corrected.uncertainty_ms()
        if uncertainty and job.not_after_ms is not None and job.not_after_ms - now < uncertainty:
            return Blocked("clock", None)
        if job.not_before_ms is not None and job.not_before_ms > now:
            return Blocked("slot", job.not_before_ms - now)
        return None

    def _refusal(self, job: Job, handset: Handset) -> str | None:
        sim = handset.tray.sim_in(job.slot) if job.slot is not None else None
        if job.kind not in KINDS:
            return "UNSUPPORTED_KIND"
        if not handset.may(CALL_PHONE if job.kind == "ussd" else SEND_SMS):
            return "PERMISSION_MISSING"
        if not job.recipient and job.kind != "ussd":
            return "BAD_ADDRESS"
        if sim is None or sim.sim_id != job.sim_id:
            return "SIM_NOT_PRESENT"
        return "TOO_MANY_SEGMENTS" if _segments(job) > MAX_SEGMENTS else None

    def _pass_to_radio(self, job: Job, handset: Handset, config: Config) -> Blocked | None:
        slot, segments = job.slot or 0, _segments(job)
        sim = handset.tray.sims[slot]
        blocked = None
        if handset.tray.service_of(slot) is not Service.IN_SERVICE:
            blocked = Blocked("service", SERVICE_CHECK_MS)
        elif job.kind == "ussd":
            blocked = Blocked("ussd", None) if self._runs_a_code() else None
        elif wait := self._pacing.sim_wait_ms(config, sim.sim_id, segments):
            blocked = Blocked("sim_cap", wait)
        elif wait := self._pacing.package_wait_ms(config, segments):
            blocked = Blocked("governor", wait, stops_all=True)
        elif job.mms is not None and handset.net is None:
            blocked = Blocked("network", None)
        if blocked is not None:
            self._note_wait(job, blocked)
        elif problem := self._attachments.problem_of(job.mms) if job.mms else None:
            self._fail(job, problem)
        else:
            self._hand_over(job, handset, sim, segments)
        return blocked

    def _fail(self, job: Job, problem: str) -> None:
        data: dict[str, Any] = {"error": own_error(problem), "partial": False, "parts_sent": 0}
        self._ledger.conclude(job, JobState.FAILED, data)

    def _runs_a_code(self) -> bool:
        """Android runs one USSD request at a time."""
        return any(job.kind == "ussd" for job in self._jobs.in_states(ON_THE_RADIO))

    def _note_wait(self, job: Job, blocked: Blocked) -> None:
        if job.waited_for != blocked.reason and job.not_after_ms is not None:
            with self._store.transaction():
                self._jobs.set_waiting_for(job, blocked.reason)

    def _hand_over(self, job: Job, handset: Handset, sim: Sim, segments: int) -> None:
        """`handing_off` is durable before the radio call, so a crash here can only end as unknown, never twice."""
        self._kill.reach(KillPoint.BEFORE_HANDING_OFF)
        with self._store.transaction():
            self._ledger.begin_sending(job, segments, sim.sim_id)
            if job.kind != "ussd":
                self._pacing.book(sim.sim_id, segments)
        self._kill.reach(KillPoint.AFTER_HANDING_OFF)
        self._call_radio(job, handset, sim, segments)
        self._kill.reach(KillPoint.AFTER_RADIO)
        with self._store.transaction():
            self._jobs.set_state(job, JobState.HANDED_OFF)
        what = "a USSD code" if job.kind == "ussd" else counted(segments, "part")
        to = f" to {masked(job.recipient)}" if job.recipient else ""
        self._tell(f"{job.job_id}{to}: {what} on SIM {(job.slot or 0) + 1}")

    def _call_radio(self, job: Job, handset: Handset, sim: Sim, segments: int) -> None:
        place, content = (job.slot or 0, sim), (job.recipient or "", job.text or "")
        if job.kind == "ussd":
            handset.radio.run_ussd(job.key, place, content[1])
        else:
            handset.radio.send(job.key, place, content, parts=segments, wants_report=job.delivery_report)


def _segments(job: Job) -> int:
    """Only a text is cut into parts."""
    return segments_of(job.text or "").count if job.kind == "sms" else 1
