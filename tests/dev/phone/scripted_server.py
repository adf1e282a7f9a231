"""A Roost server in forty rules: enough protocol to play any scene with a phone, and to check what the phone says."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx

from dev.phone.clock import VirtualTime
from dev.phone.times import SECOND, to_wire

Responder = Callable[[httpx.Request], httpx.Response]


class ScriptedServer:
    """Queued jobs are leased to whoever claims. `script` takes over single calls; everything is written down."""

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.grant = "confirm"
        self.config: dict[str, Any] = {"rev": 1, "governor": {"segments_per_minute": 20, "min_gap_ms": 3_000}}
        self.firebase: dict[str, str] | None = None
        self.next_poll_seconds: float = 900
        self.queue: deque[dict[str, Any]] = deque()
        self.leases: dict[str, list[dict[str, Any]]] = {}
        self.epoch = 0
        self.cancel: list[dict[str, Any]] = []
        self.reoffer: list[dict[str, Any]] = []
        self.extra: dict[str, Any] = {}
        self.rejections: dict[str, dict[str, Any]] = {}
        self.scripts: deque[Responder] = deque()
        self.calls: list[tuple[str, dict[str, Any], str | None, int]] = []
        self.events: dict[str, dict[str, Any]] = {}

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def submit(self, job_id: str, to: str = "+15005550001", text: str = "Hola", **members: Any) -> None:
        """Queue a job; `ttl` seconds of life, `in_seconds` until its slot."""
        now = self.time.now_ms
        self.queue.append(
            {
                "job_id": job_id,
                "attempt": 1,
                "kind": "sms",
                "to": to,
                "text": text,
                "segments": 1,
                "sim": {"slot": 0, "sim_id": "sim_a_1"},
                "priority": 1,
                "not_before": to_wire(now + round(members.pop("in_seconds", 0) * SECOND)),
                "not_after": to_wire(now + round(members.pop("ttl", 3_600) * SECOND)),
                "delivery_report": True,
                "report": "now",
                **members,
            }
        )

    def script(self, *responders: Responder) -> None:
        self.scripts.extend(responders)

    def refuse(self, status: int, code: str, *, times: int = 1, retry_after: str | None = None) -> None:
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        body = {"error": {"code": code, "message": "no"}}
        self.script(*[lambda _request: httpx.Response(status, json=body, headers=headers)] * times)

    def fail(self, error: type[httpx.TransportError], *, times: int = 1) -> None:
        def raise_error(request: httpx.Request) -> httpx.Response:
            raise error("scripted", request=request)

        self.script(*[raise_error] * times)

    def lose_answer(self, *, times: int = 1) -> None:
        """The server does its work; the answer never arrives."""

        def apply_and_drop(request: httpx.Request) -> httpx.Response:
            self.answer(request)
            raise httpx.ReadTimeout("scripted", request=request)

        self.script(*[apply_and_drop] * times)

    def handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        self.calls.append((request.url.path, body, request.headers.get("Authorization"), self.time.now_ms))
        if self.scripts and request.url.path != "/phone/v1/push":
            return self.scripts.popleft()(request)
        return self.answer(request)

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        if request.url.path == "/phone/v1/pair":
            return httpx.Response(200, json=self._pair())
        if request.url.path == "/phone/v1/callback":
            return httpx.Response(200, json=self._callback(body))
        return httpx.Response(204)

    def _pair(self) -> dict[str, Any]:
        return {
            "device_id": "phn_1",
            "token": "rpt_first",
            "server_time": to_wire(self.time.now_ms),
            "firebase": self.firebase,
            "config": self.config,
        }

    def _callback(self, body: dict[str, Any]) -> dict[str, Any]:
        acked, rejected = [], []
        for event in body["events"]:
            if rejection := self.rejections.get(event["type"]):
                rejected.append({"event_id": event["event_id"], **rejection})
            else:
                self.events[event["event_id"]] = event
                acked.append(event["event_id"])
        jobs = self.reoffer + (self._lease(body["claim"]) if "claim" in body else [])
        self.reoffer = []
        return {
            "acked": acked,
            "rejected": rejected,
            "jobs": jobs,
            "cancel": self.cancel,
            "server_time": to_wire(self.time.now_ms),
            "config_rev": self.config["rev"],
            "next_poll_seconds": self.next_poll_seconds,
            **self.extra,
        }

    def _lease(self, claim: dict[str, Any]) -> list[dict[str, Any]]:
        if claim["claim_id"] in self.leases:
            return self.leases[claim["claim_id"]]
        jobs = [self.queue.popleft() for _ in range(min(len(self.queue), claim["max"]))]
        if jobs:
            self.epoch += 1
        until = to_wire(self.time.now_ms + 300 * SECOND)
        lease = [{**job, "lease_epoch": self.epoch, "grant": self.grant, "lease_until": until} for job in jobs]
        self.leases[claim["claim_id"]] = lease
        return lease

    def types(self, job_id: str | None = None) -> list[str]:
        """Types of the events applied so far, each event once, in the order of its first arrival."""
        return [event["type"] for event in self.events.values() if job_id in (None, event.get("job_id"))]

    def data(self, kind: str, job_id: str | None = None) -> dict[str, Any]:
        """The data of the newest event of that type."""
        found = [
            event for event in self.events.values() if event["type"] == kind and job_id in (None, event.get("job_id"))
        ]
        data: dict[str, Any] = found[-1]["data"]
        return data

    def callbacks(self) -> list[dict[str, Any]]:
        """Bodies of all callback requests that reached the network."""
        return [body for path, body, _, _ in self.calls if path == "/phone/v1/callback"]
