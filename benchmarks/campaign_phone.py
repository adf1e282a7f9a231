"""A phone of the campaign benchmark: speaks the protocol, repeats what was not answered, keeps what its radio sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from benchmarks.campaign_plan import OF_CAMPAIGN
from roost.domain.instants import rfc3339

if TYPE_CHECKING:
    from benchmarks.campaign import Bench

PACE = {"warm_up": False, "acknowledge": True}


@dataclass(slots=True)
class BenchPhone:
    """`radio`: how often it sent to whom. `stops`: of all phones: who said STOP, and whether it had its message."""

    name: str
    token: str
    radio: Counter[str] = field(default_factory=Counter)
    stops: dict[str, bool] = field(default_factory=dict)
    _outbox: list[dict[str, Any]] = field(default_factory=list)
    _jobs_sent: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=lambda: count(1))

    @classmethod
    def paired(cls, bench: Bench, number: int) -> Self:
        link = bench.http("POST", "/v1/pairings", {})["link"]
        body = {
            "code": parse_qs(urlsplit(link).query)["c"][0],
            "install_id": f"bench{number}",
            "store_id": f"store{number}",
            "device": {"model": "Benchmark", "sdk": 34, "app": "1.0.0"},
            "sims": [{"slot": 0, "sim_id": "sim_a"}],
        }
        answer = bench.http("POST", "/phone/v1/pair", body, token="none")
        bench.http("PATCH", f"/v1/phones/{answer['device_id']}", PACE)
        return cls(f"bench{number}", answer["token"])

    def turn(self, bench: Bench) -> None:
        """Report what was sent, claim, accept, send."""
        claim = {"claim": {"claim_id": f"clm_{self.name}_{next(self._numbers)}", "max": 10}}
        jobs = [job for job in self._call(bench, self._outbox, claim)["jobs"] if not job.get("reoffer")]
        if not jobs and not self._outbox:
            bench.units_aside["idle_polls"] += bench.server.last_units
        self._outbox = []
        if not jobs:
            return
        data = {"lease_epoch": jobs[0]["lease_epoch"], "job_ids": [job["job_id"] for job in jobs]}
        accepted = self._event(bench, "lease.accepted", {"data": data})
        if accepted["event_id"] not in self._call(bench, [accepted], {})["acked"]:
            return
        for job in jobs:
            if job["job_id"] not in self._jobs_sent:
                self._jobs_sent.add(job["job_id"])
                self.radio.update([job["to"]] if OF_CAMPAIGN in job["text"] else [])
            named = {name: job[name] for name in ("job_id", "attempt", "lease_epoch")}
            self._outbox.append(self._event(bench, "job.sent", named))

    def receive(self, bench: Bench, sender: str, text: str) -> None:
        had_it = any(phone.radio[sender] for phone in bench.phones)
        data = {"from": sender, "text": text, "sim_id": "sim_a"}
        self._call(bench, [self._event(bench, "sms.received", {"data": data})], {})
        self.stops.setdefault(sender, had_it)
        bench.units_aside["stops"] += bench.server.last_units

    def _call(self, bench: Bench, events: list[dict[str, Any]], claim: dict[str, Any]) -> dict[str, Any]:
        """The same body until it is answered."""
        health = {
            "store_id": self.name.replace("bench", "store"),
            "boot_id": "b1",
            "at_wall": rfc3339(bench.now),
            "at_elapsed": bench.now,
            "config_rev": 1,
        }
        body = {"batch_id": f"bat_{next(self._numbers)}", "events": events, "health": health, **claim}
        answer: dict[str, Any] = bench.http("POST", "/phone/v1/callback", body, token=self.token)
        return answer

    def _event(self, bench: Bench, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "event_id": f"evt_{self.name}_{number}",
            "seq": number,
            "boot_id": "b1",
            "at_wall": rfc3339(bench.now),
            "at_elapsed": bench.now,
            "type": kind,
            "data": {},
            **members,
        }
