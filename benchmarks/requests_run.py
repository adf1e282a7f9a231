"""The five requests a message meets, one after the other, each counted apart: accept, claim, report, read, list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from benchmarks.counted_world import Counting
from benchmarks.counting import Usage
from benchmarks.wire_phone import WirePhone
from dev.faults.stage import Stage

REQUESTS = {"accept": "send_message", "claim": "phone_callback", "report": "phone_callback", "read": "read_messages",
            "list": "read_messages"}  # fmt: skip
"""With the function that answers it."""

WARM = 20
"""Rounds that do not count: imports, clients, and a page of messages to be listed."""


@dataclass(frozen=True, slots=True)
class Request:
    """Of one request, the median: CPU of ours and of the engine in ms, calls to DynamoDB, units."""

    cpu_ms: float
    engine_ms: float
    calls: float
    write_units: float
    read_units: float


def requests_of(counting: Counting, stage: Stage, phone: WirePhone, rounds: int) -> dict[str, Request]:
    """Nothing but these requests runs: streams are not read."""
    seen: dict[str, list[Usage]] = {name: [] for name in REQUESTS}
    world = stage.world

    def counted(name: str, call: Callable[[], Any]) -> Any:
        counting.start()
        answer = call()
        seen[name].append(counting.meter.used[REQUESTS[name]])
        return answer

    for number in range(WARM + rounds):
        body = {"to": f"+1415555{number % 10_000:04d}", "body": "Your parcel arrives today"}
        sent = counted("accept", partial(world.caller.call, "POST", "/v1/sms/send", body))
        world.time.advance(1)
        jobs = counted("claim", lambda: phone.call(claim=True))
        world.time.advance(1)
        if jobs:
            phone.accept(jobs)
            counted("report", partial(phone.call, *(phone.report("job.sent", job) for job in jobs)))
        counted("read", partial(world.caller.call, "GET", f"/v1/messages/{sent['id']}"))
        counted("list", lambda: world.caller.call("GET", f"/v1/messages?limit={WARM}"))
        world.time.advance(1)
    return {name: _typical(usages[WARM:]) for name, usages in seen.items()}


def _typical(usages: list[Usage]) -> Request:
    def middle(of: Callable[[Usage], float]) -> float:
        return float(median(of(usage) for usage in usages))

    return Request(
        middle(lambda usage: usage.cpu_ms),
        middle(lambda usage: usage.engine_ms),
        middle(lambda usage: sum(usage.calls.values())),
        middle(lambda usage: usage.write_units),
        middle(lambda usage: usage.read_units),
    )
