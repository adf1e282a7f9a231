"""A phone of one call at a time: only the wire, no store, so that what a call costs is the server's."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx

from dev.faults.caller import BASE_URL
from dev.faults.world import World
from dev.phone.times import to_wire

NUMBERS = count(1)
HEALTH = {"app": "1.0.0", "sdk": 34, "battery": 87, "charging": True, "net": "wifi", "quarantined": 0, "missing": []}
FAST = {"gap_seconds": 0, "daily_cap": 100_000, "warm_up": False, "acknowledge": True}


@dataclass(slots=True)
class WirePhone:
    """`number`: as the server counts its account's phones."""

    world: World
    http: httpx.Client
    name: str
    number: int
    _events: Any = field(default_factory=lambda: count(1))

    @classmethod
    def paired(cls, world: World) -> Self:
        http, name = httpx.Client(base_url=BASE_URL, transport=world.server), f"wire{next(NUMBERS)}"
        link = world.caller.pairing_link()
        body = {
            "code": parse_qs(urlsplit(link).query)["c"][0],
            "install_id": name,
            "store_id": f"store-{name}",
            "device": {"model": "Benchmark", "sdk": 34, "app": "1.0.0"},
            "sims": [{"slot": 0, "sim_id": "sim_a"}],
        }
        answer = http.post("/phone/v1/pair", json=body).raise_for_status().json()
        http.headers["authorization"] = f"Bearer {answer['token']}"
        world.caller.call("PATCH", f"/v1/phones/{answer['device_id']}", FAST)
        return cls(world, http, name, int(answer["device_id"].removeprefix("phn_")))

    def call(self, *events: dict[str, Any], claim: bool = False) -> list[dict[str, Any]]:
        """The jobs it was granted."""
        now = self.world.time.now_ms
        health = {
            "store_id": f"store-{self.name}", "boot_id": "b1", "at_wall": to_wire(now), "at_elapsed": now,
            "config_rev": 1, **HEALTH,
        }  # fmt: skip
        number = next(self._events)
        asked = {"claim": {"claim_id": f"clm_{self.name}_{number}", "max": 10}} if claim else {}
        body = {"batch_id": f"bat_{number}", "events": list(events), "health": health, **asked}
        answer = self.http.post("/phone/v1/callback", json=body).raise_for_status().json()
        return [job for job in answer["jobs"] if not job.get("reoffer")]

    def report(self, kind: str, job: dict[str, Any]) -> dict[str, Any]:
        """`kind`: job.sent, job.delivered."""
        named = {name: job[name] for name in ("job_id", "attempt", "lease_epoch")}
        return {**named, **self._event(kind), "data": {}}

    def accept(self, jobs: list[dict[str, Any]]) -> None:
        """A whole lease, if its grant asks for that."""
        if jobs[0]["grant"] == "confirm":
            data = {"lease_epoch": jobs[0]["lease_epoch"], "job_ids": [job["job_id"] for job in jobs]}
            self.call({**self._event("lease.accepted"), "data": data})

    def _event(self, kind: str) -> dict[str, Any]:
        now, number = self.world.time.now_ms, next(self._events)
        when = {"boot_id": "b1", "at_wall": to_wire(now), "at_elapsed": now}
        return {**when, "event_id": f"evt_{self.name}_{number}", "seq": number, "type": kind}
