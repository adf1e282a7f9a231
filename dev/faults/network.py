"""The way between one phone and the server, and everything that happens to requests and answers on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from dev.faults.agenda import Agenda
from dev.faults.storage import WriteFault
from dev.phone.clock import VirtualTime
from dev.phone.times import SECOND

Harm = Literal[
    "lose_request", "lose_response", "late_request", "repeat_later", "duplicate", "interleave", "slow", "half_open",
    "captive", "status", "reverse_events", "refuse_event",
    "hold", "replay_inside", "stall",
]  # fmt: skip
TIMEOUT_SECONDS = 20


@dataclass(slots=True)
class NetFault:
    """Hits the next `times` requests of one call ("callback", "pair", "push", "unpair", None for any)."""

    harm: Harm
    call: str | None = None
    times: int = 1
    seconds: float = 0
    status: int = 503
    code: str = "busy"
    retry_after: int | None = None
    events_ok: bool = False
    event_type: str | None = None
    permanent: bool = False
    write: int = 1
    table: str | None = None
    only_claims: bool = False
    min_events: int = 0

    def matches(self, call: str, body: dict[str, Any]) -> bool:
        if self.times < 1 or self.call not in (None, call):
            return False
        if self.event_type and not any(event.get("type") == self.event_type for event in body.get("events", [])):
            return False
        if len(body.get("events", [])) < self.min_events:
            return False
        return not self.only_claims or "claim" in body


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request that left a phone. `answer` None: the phone never saw one. `status` 0 likewise."""

    at_ms: int
    call: str
    request: dict[str, Any]
    status: int
    answer: dict[str, Any] | None
    retry_after: int | None = None


class Network(httpx.BaseTransport):
    """`server` answers requests; `interleave(request, write)` plants a copy inside the next request's own writes;
    `stall(fault, work)` starts work that halts where the fault strikes."""

    def __init__(
        self, server: httpx.BaseTransport, time: VirtualTime, agenda: Agenda,
        interleave: Callable[[httpx.Request, int], None], stall: Callable[[WriteFault, Callable[[], object]], None],
    ) -> None:  # fmt: skip
        self._server = server
        self._time = time
        self._agenda = agenda
        self._interleave = interleave
        self._stall = stall
        self.faults: list[NetFault] = []
        self.log: list[Exchanged] = []
        self.bucket: dict[str, bytes] = {}
        """What this phone put behind the server's signed links, by path."""
        self.held: list[httpx.Request] = []
        """Requests that are somewhere on the way, until `deliver_held`."""
        self._planted: tuple[httpx.Request, int] | None = None
        self.claims_reached: list[int] = []
        """When a claim of this phone got to the server, whatever became of the answer."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT" and "X-Amz-Signature" in request.url.params:
            self.bucket[request.url.path] = request.read()
            return httpx.Response(200)
        body = json.loads(request.read() or b"{}")
        call = request.url.path.rsplit("/", 1)[-1]
        at = self._time.now_ms
        fault = next((fault for fault in self.faults if fault.matches(call, body)), None)
        try:
            response = self._pass(request, body, fault)
        except httpx.TransportError:
            self.log.append(Exchanged(at, call, body, 0, None))
            raise
        retry_after = response.headers.get("Retry-After")
        self.log.append(
            Exchanged(at, call, body, response.status_code, _json(response), int(retry_after) if retry_after else None)
        )
        return response

    def _pass(self, request: httpx.Request, body: dict[str, Any], fault: NetFault | None) -> httpx.Response:
        if self._planted is not None and "claim" in body:
            self._interleave(*self._planted)
            self._planted = None
        if fault is None:
            return self._reach(request)
        fault.times -= 1
        harms: dict[str, Callable[[], httpx.Response]] = {
            "lose_request": lambda: self._lost(request),
            "lose_response": lambda: self._answer_lost(request),
            "late_request": lambda: self._later(request, fault.seconds),
            "repeat_later": lambda: self._repeated(request, fault.seconds),
            "duplicate": lambda: self._doubled(request),
            "interleave": lambda: self._interleaved(request, fault.write),
            "slow": lambda: self._slow(request, fault.seconds),
            "half_open": lambda: self._half_open(request),
            "captive": lambda: httpx.Response(200, html="<html>Please log in</html>"),
            "status": lambda: refusal(fault),
            "reverse_events": lambda: self._reach(_reversed(request, body)),
            "refuse_event": lambda: self._with_event_refused(request, body, fault),
            "hold": lambda: self._hold(request),
            "replay_inside": lambda: self._replayed_inside(request, fault.write),
            "stall": lambda: self._stalled(request, fault),
        }
        return harms[fault.harm]()

    def _reach(self, request: httpx.Request) -> httpx.Response:
        if "claim" in json.loads(request.read() or b"{}"):
            self.claims_reached.append(self._time.now_ms)
        return self._server.handle_request(request)

    def _lost(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("injected: request lost", request=request)

    def _answer_lost(self, request: httpx.Request) -> httpx.Response:
        self._reach(request)
        raise httpx.ReadError("injected: answer lost", request=request)

    def _hold(self, request: httpx.Request) -> httpx.Response:
        self.held.append(request)
        raise httpx.ReadTimeout("injected: held back", request=request)

    def _stalled(self, request: httpx.Request, fault: NetFault) -> httpx.Response:
        """The function takes it and halts just before its n-th write (to `table`, if named), until `server.go_on`."""
        halt = WriteFault("interleave", write=fault.write, function="phone_callback", table=fault.table)
        self._stall(halt, lambda: self._reach(request))
        raise httpx.ReadTimeout("injected: the function takes its time", request=request)

    def deliver_held(self) -> None:
        """They arrive now; nobody waits for the answers."""
        while self.held:
            self._reach(self.held.pop(0))

    def _replayed_inside(self, request: httpx.Request, write: int) -> httpx.Response:
        """Answered as ever; an old copy arrives in the middle of this phone's next claim, before its n-th write."""
        self._planted = (request, write)
        return self._reach(request)

    def _later(self, request: httpx.Request, seconds: float) -> httpx.Response:
        self._agenda.add(self._time.now_ms + round(seconds * SECOND), lambda: self._deliver(request))
        raise httpx.ReadTimeout("injected: the request takes its time", request=request)

    def _repeated(self, request: httpx.Request, seconds: float) -> httpx.Response:
        self._agenda.add(self._time.now_ms + round(seconds * SECOND), lambda: self._deliver(request))
        return self._reach(request)

    def _deliver(self, request: httpx.Request) -> None:
        """A copy that nobody waits for."""
        self._reach(request)

    def _doubled(self, request: httpx.Request) -> httpx.Response:
        self._reach(request)
        return self._reach(request)

    def _interleaved(self, request: httpx.Request, write: int) -> httpx.Response:
        self._interleave(request, write)
        return self._reach(request)

    def _slow(self, request: httpx.Request, seconds: float) -> httpx.Response:
        response = self._reach(request)
        self._time.advance(seconds)
        return response

    def _half_open(self, request: httpx.Request) -> httpx.Response:
        self._time.advance(TIMEOUT_SECONDS)
        raise httpx.ReadTimeout("injected: half open", request=request)

    def _with_event_refused(self, request: httpx.Request, body: dict[str, Any], fault: NetFault) -> httpx.Response:
        """The server gets all events but those of one type, which are answered as refused."""
        refused = [event for event in body["events"] if event["type"] == fault.event_type]
        kept = [event for event in body["events"] if event["type"] != fault.event_type]
        answer = self._reach(_with_body(request, {**body, "events": kept}))
        changed = _json(answer)
        if changed is None:
            return answer
        changed["rejected"] = [
            {"event_id": event["event_id"], "code": fault.code, "permanent": fault.permanent} for event in refused
        ]
        return httpx.Response(200, json=changed)


def refusal(fault: NetFault) -> httpx.Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    more = {"events_ok": True} if fault.events_ok else {}
    body = {"error": {"code": fault.code, "message": "injected"}, **more}
    return httpx.Response(fault.status, json=body, headers=headers)


def _reversed(request: httpx.Request, body: dict[str, Any]) -> httpx.Request:
    """The events in reverse, with sequence numbers that say so: nothing but arrival order is left to go by."""
    events = list(reversed(body["events"]))
    numbers = sorted(event["seq"] for event in events)
    shuffled = [{**event, "seq": number} for event, number in zip(events, numbers, strict=True)]
    return _with_body(request, {**body, "events": shuffled})


def _with_body(request: httpx.Request, body: dict[str, Any]) -> httpx.Request:
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json=body)


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        found = json.loads(response.read() or b"null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
