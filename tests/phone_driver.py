"""A phone moved by hand: speaks the protocol's wire, one call at a time, and keeps nothing but its token."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from roost.domain.instants import rfc3339

TWO_SIMS = (
    {"slot": 0, "sim_id": "sim_a", "carrier": "Movistar", "number": "+34600000001"},
    {"slot": 1, "sim_id": "sim_b", "carrier": "Orange"},
)

NAMES = itertools.count(1)


class PhoneDriver:
    """`now`: the phone's wall clock in ms; it also counts as time since boot."""

    def __init__(self, http: httpx.Client, now: Callable[[], int]) -> None:
        self.http = http
        self.now = now
        self.name = f"i{next(NAMES)}"
        self.sequence = itertools.count(1)
        self.device_id = ""
        self.health: dict[str, Any] = {}

    def pair(
        self, link: str, *, install_id: str | None = None, sims: tuple[dict[str, Any], ...] = TWO_SIMS
    ) -> httpx.Response:
        query = parse_qs(urlsplit(link).query)
        body = {
            "code": (query.get("c") or query["token"])[0],
            "install_id": install_id or self.name,
            "store_id": f"store-{self.name}",
            "device": {"model": "Redmi 8", "sdk": 29, "app": "1.0.0"},
            "sims": list(sims),
        }
        answer = self.http.post("/phone/v1/pair", json=body)
        if answer.is_success:
            self.device_id = answer.json()["device_id"]
            self.http.headers["authorization"] = f"Bearer {answer.json()['token']}"
        return answer

    def event(self, type_: str, job: dict[str, Any] | None = None, /, **members: Any) -> dict[str, Any]:
        """An event of now. `job`: as a claim answered it. `data` and other members as given."""
        number = next(self.sequence)
        event = {
            "event_id": f"evt_{self.name}_{number}",
            "seq": number,
            "boot_id": "b1",
            "at_wall": rfc3339(self.now()),
            "at_elapsed": self.now(),
            "type": type_,
            "data": {},
            **members,
        }
        return event if job is None else {**{name: job[name] for name in ("job_id", "attempt", "lease_epoch")}, **event}

    def accept(self, *jobs: dict[str, Any]) -> dict[str, Any]:
        """The acceptance of a whole lease."""
        job_ids = [job["job_id"] for job in jobs]
        return self.event("lease.accepted", data={"lease_epoch": jobs[0]["lease_epoch"], "job_ids": job_ids})

    def body(self, *events: dict[str, Any], claim: str | None = None, **claim_members: Any) -> dict[str, Any]:
        health = {
            "store_id": f"store-{self.name}",
            "boot_id": "b1",
            "at_wall": rfc3339(self.now()),
            "at_elapsed": self.now(),
            "config_rev": 1,
            **self.health,
        }
        claimed = {"claim": {"claim_id": claim, "max": 10, **claim_members}} if claim else {}
        return {"batch_id": f"bat_{next(self.sequence)}", "events": list(events), "health": health, **claimed}

    def call(self, *events: dict[str, Any], claim: str | None = None, **claim_members: Any) -> dict[str, Any]:
        """The answer of one callback, which must succeed."""
        answer = self.http.post("/phone/v1/callback", json=self.body(*events, claim=claim, **claim_members))
        assert answer.status_code == 200, answer.text
        parsed: dict[str, Any] = answer.json()
        return parsed

    def claim(self, claim_id: str | None = None, **members: Any) -> list[dict[str, Any]]:
        """The jobs a claim was granted; what it is only asked about is left out."""
        answer = self.call(claim=claim_id or f"clm_{next(self.sequence)}", **members)
        return [job for job in answer["jobs"] if not job.get("reoffer")]

    def register_push(self, token: str) -> None:
        body = {"provider": "fcm", "kind": "token", "value": token, "project_id": "roost-local"}
        assert self.http.put("/phone/v1/push", json=body).status_code == 204
