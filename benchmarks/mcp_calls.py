"""CPU and DynamoDB calls of a warm MCP call, in both eras, beside the same work over REST.

What the function costs to import is told with the other functions' (cold_start).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx

from benchmarks.counted_world import Counting, counting
from benchmarks.counting import Usage
from benchmarks.figures import Figure, Found, Size, Table
from benchmarks.wire_phone import WirePhone
from dev.bootstrap import EVERY_SCOPE
from dev.faults.caller import BASE_URL
from dev.faults.world import World
from roost.usecases.manage_keys import NewKey, create_key

ROUNDS = {"full": 100, "small": 4}
WARM = 5
"""Rounds that do not count: imports and clients."""

ROUND_SECONDS = 600
"""Two sends through tools in ten minutes: below the thirty an hour that a key may make."""

MODERN = "2026-07-28"
ERAS = {"handshake": "2025-11-25", "modern": MODERN}
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
TEXT = "Your parcel arrives today"
READ, SEND = "GET /v1/account", "POST /v1/sms/send"


@dataclass(frozen=True, slots=True)
class Call:
    """`function`: which answers; `request`: as httpx takes it; `beside`: the call over REST that does the same."""

    name: str
    function: str
    request: Mapping[str, Any]
    beside: str | None = None


def measure(size: Size) -> Found:
    used = _used(ROUNDS[size])
    calls = list(_calls(0))
    cpu = {name: median(usage.cpu_ms for usage in usages) for name, usages in used.items()}
    over = {call.name: round(cpu[call.name] / cpu[call.beside], 2) for call in calls if call.beside}
    rows = tuple(
        (call.name, round(cpu[call.name], 2), over.get(call.name), median(map(_db_calls, used[call.name])))
        for call in calls
    )
    found = Found([Figure(f"mcp_{name}", f"CPU of {name}, over REST", ratio, "x") for name, ratio in over.items()])
    columns = ("call", "CPU ms", "over REST", "DynamoDB calls")
    found.tables["mcp"] = Table("Warm MCP calls, and the same over REST", columns, rows)
    return found


def _db_calls(usage: Usage) -> int:
    return sum(usage.calls.values())


def _used(rounds: int) -> dict[str, list[Usage]]:
    """By call. Each round makes all of them in turn, so that a busy moment meets all alike."""
    used: dict[str, list[Usage]] = {call.name: [] for call in _calls(0)}
    with counting() as counted, counted.stage([]) as stage:
        phone, http = WirePhone.paired(stage.world), _client(stage.world)
        for number in range(WARM + rounds):
            phone.call()
            for call in _calls(number):
                used[call.name].append(_made(counted, http, call))
            stage.world.time.advance(ROUND_SECONDS)
    return {name: usages[WARM:] for name, usages in used.items()}


def _client(world: World) -> httpx.Client:
    key = create_key(world.runtime.deps, world.account, NewKey("benchmark", EVERY_SCOPE)).secret
    return httpx.Client(base_url=BASE_URL, headers={"x-api-key": key}, transport=world.server)


def _made(counted: Counting, http: httpx.Client, call: Call) -> Usage:
    """Raises RuntimeError for a refusal: it would cost less than what is measured."""
    counted.start()
    answer = http.request(**call.request)
    told = answer.json()
    if not answer.is_success or told.get("error") or told.get("result", {}).get("isError"):
        raise RuntimeError(f"{call.name}: {answer.status_code} {answer.text}")
    return counted.meter.used[call.function]


def _calls(number: int) -> Iterator[Call]:
    """Of one round. Nothing is sent twice: a repeat through a tool would answer with the first message."""
    sent = {"to": f"+1415555{number:04d}", "body": TEXT}
    yield Call(READ, "read_account", {"method": "GET", "url": "/v1/account"})
    yield Call(SEND, "send_message", {"method": "POST", "url": "/v1/sms/send", "json": sent})
    for place, (era, version) in enumerate(ERAS.items(), start=1):
        arguments = {"phone": f"+1415{555 + place}{number:04d}", "message": TEXT}
        yield Call(f"tools/list, {era} era", "mcp", _message(version, "tools/list", {}))
        yield Call(f"get_balance, {era} era", "mcp", _tool(version, "get_balance", {}), READ)
        yield Call(f"send_sms, {era} era", "mcp", _tool(version, "send_sms", arguments), SEND)


def _tool(version: str, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return _message(version, "tools/call", {"name": name, "arguments": arguments})


def _message(version: str, method: str, params: dict[str, Any]) -> Mapping[str, Any]:
    headers = {"mcp-protocol-version": version}
    if version == MODERN:
        params = {**params, "_meta": META}
        headers |= {"mcp-method": method} | ({"mcp-name": params["name"]} if "name" in params else {})
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return {"method": "POST", "url": "/mcp", "json": message, "headers": headers}
