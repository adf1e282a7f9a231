"""A phone reduced to the rules that keep the promise: no radio before an acknowledged right, each right used once."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.phone_driver import PhoneDriver

Job = dict[str, Any]
Air = Counter[tuple[str, int]]
"""(job id, attempt) -> how often any radio sent it."""


NOT_SUBMITTED = {"error": {"name": "NO_SERVICE", "class": "not_submitted"}}
REPORTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "sent": [("job.sent", {})],
    "delivered": [("job.sent", {}), ("job.delivered", {})],
    "unknown": [("job.sending", {}), ("job.unknown", {})],
    "not_submitted": [("job.failed", NOT_SUBMITTED)],
}
"""What a phone reports, by what became of its radio call."""


def instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000)


def key_of(job: Job) -> tuple[str, int]:
    return job["job_id"], job["attempt"]


@dataclass
class ModelPhone:
    """`ready`: jobs it may send. `unconfirmed`: leases whose acceptance is not acknowledged yet. `outbox`: reports."""

    driver: PhoneDriver
    air: Air
    ready: dict[tuple[str, int], Job] = field(default_factory=dict)
    unconfirmed: dict[str, list[Job]] = field(default_factory=dict)
    known: set[tuple[str, int]] = field(default_factory=set)
    outbox: list[Job] = field(default_factory=list)
    claim_id: str | None = None
    names: Any = field(default_factory=lambda: itertools.count(1))

    def call(self, *, claim: bool, lose_answer: bool = False) -> None:
        """Report everything and maybe claim. A lost answer leaves outbox and claim as they were."""
        if claim and self.claim_id is None:
            self.claim_id = f"clm_{next(self.names)}"
        waiting = [job["job_id"] for jobs in self.unconfirmed.values() for job in jobs]
        claimed: dict[str, Any] = {}
        if claim:
            claimed = {"claim": self.claim_id, "have": [*(job_id for job_id, _ in self.ready), *waiting]}
        body = self.driver.body(*self.outbox, **claimed)
        answer = self.driver.http.post("/phone/v1/callback", json=body)
        if lose_answer or answer.status_code == 503:
            return
        assert answer.status_code == 200, answer.text
        self.take(answer.json(), claimed=claim)

    def take(self, answer: dict[str, Any], *, claimed: bool) -> None:
        """In the order of the protocol: cancels, acknowledgements, jobs."""
        for cancel in answer["cancel"]:
            job = self.ready.pop(key_of(cancel), None)
            if job is not None:
                self.outbox.append(self.driver.event("job.canceled", job))
        for event_id in answer["acked"]:
            for job in self.unconfirmed.pop(event_id, ()):
                self.ready[key_of(job)] = job
        for refused in answer["rejected"]:
            self.unconfirmed.pop(refused["event_id"], None)
        settled = {*answer["acked"], *(refused["event_id"] for refused in answer["rejected"])}
        self.outbox = [event for event in self.outbox if event["event_id"] not in settled]
        if claimed:
            self.claim_id = None
        self.store(answer["jobs"])

    def store(self, jobs: list[Job]) -> None:
        fresh = [job for job in jobs if not job.get("reoffer") and key_of(job) not in self.known]
        for stub in (job for job in jobs if job.get("reoffer")):
            if key_of(stub) not in self.known:
                self.outbox.append(self.driver.event("job.released", stub, data={"reason": "not_held"}))
        self.known |= {key_of(job) for job in fresh}
        direct = [job for job in fresh if job["grant"] == "direct"]
        self.ready |= {key_of(job): job for job in direct}
        confirm = [job for job in fresh if job["grant"] == "confirm"]
        if confirm:
            acceptance = self.driver.accept(*confirm)
            self.unconfirmed[acceptance["event_id"]] = confirm
            self.outbox.append(acceptance)

    def send_next(self, outcome: str) -> None:
        """The radio call of the first job whose time has come, and the report of what became of it."""
        now = self.driver.now()
        for key, job in list(self.ready.items()):
            if instant(job["not_after"]) <= now:
                del self.ready[key]
                self.outbox.append(self.driver.event("job.expired", job))
            elif instant(job["not_before"]) <= now:
                del self.ready[key]
                if outcome != "not_submitted":
                    self.air[key] += 1
                self.outbox += self.reports_of(job, outcome)
                return

    def reports_of(self, job: Job, outcome: str) -> list[Job]:
        return [self.driver.event(type_, job, data=data) for type_, data in REPORTS[outcome]]
