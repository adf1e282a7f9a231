"""What the MCP function costs: its import beside a plain function's, and a call beside the same work over REST.

`python -m benchmarks.mcp_calls [calls]`. Imports are of fresh processes, the best of five. Calls run in this process on
the tables of a local cloud, so the time of the tables is in both; `ping` is what the protocol alone costs.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Figure, Found, Size, Table
from dev.lambda_transport import LambdaTransport
from dev.local_roost import LocalRoost

CALLS = 200
IMPORTS = 5
PROBE = """
import sys, time
sys.path[:0] = ["shared"]
started = time.perf_counter()
import functions.{name}.app
print(time.perf_counter() - started, len(sys.modules))
"""
MODERN = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}


def measure(size: Size) -> Found:
    calls = CALLS if size == "full" else 5
    found = Found([Figure("mcp_import", "import of mcp over that of read_account", round(import_ratio(), 2), "x")])
    rows = tuple((what, round(spent, 1), round(ratio, 2)) for what, spent, ratio in call_times(calls))
    found.figures += [Figure(f"mcp_{what}", f"{what} over GET /v1/account", ratio, "x") for what, _, ratio in rows[1:]]
    found.tables["mcp"] = Table("MCP beside REST, the tables' time included", ("call", "ms", "over REST"), rows)
    return found


def main(calls: int) -> None:
    print(f"import of mcp over that of read_account: {import_ratio():.2f} x")
    for what, spent, ratio in call_times(calls):
        print(f"{what} {spent:.1f} ms: {ratio:.2f} x")


def import_ratio() -> float:
    return imported("mcp") / imported("read_account")


def call_times(calls: int) -> Iterator[tuple[str, float, float]]:
    """Each call in milliseconds, and over the first, which is REST."""
    with tempfile.TemporaryDirectory() as folder, LocalRoost(Path(folder), tell=print) as local:
        headers = {"x-api-key": local.keys.roost}
        with httpx.Client(base_url="https://roost.example", transport=LambdaTransport(), headers=headers) as http:
            rest = median(lambda: http.get("/v1/account"), calls)
            yield "GET /v1/account", rest, 1.0
            for era, version in (("handshake", "2025-11-25"), ("modern", MODERN)):
                for what, method, params in (
                    ("tools/list", "tools/list", {}),
                    ("get_balance", "tools/call", {"name": "get_balance", "arguments": {}}),
                ):
                    spent = median(lambda: asked(http, version, method, params), calls)  # noqa: B023 (called at once)
                    yield f"{what}, {era} era", spent, spent / rest


def imported(name: str) -> float:
    """Seconds, with bytecode there."""
    runs = [
        subprocess.run([sys.executable, "-c", PROBE.format(name=name)], capture_output=True, text=True, check=True)
        for _ in range(IMPORTS)
    ]
    return min(float(run.stdout.split()[0]) for run in runs)


def median(call: Callable[[], httpx.Response], count: int) -> float:
    """Milliseconds, warm."""
    spent = []
    for _ in range(count + 1):
        started = time.perf_counter()
        call().raise_for_status()
        spent.append((time.perf_counter() - started) * 1_000)
    return statistics.median(spent[1:])


def asked(http: httpx.Client, version: str, method: str, params: dict[str, Any]) -> httpx.Response:
    headers = {"mcp-protocol-version": version, "content-type": "application/json"}
    if version == MODERN:
        params = {**params, "_meta": META}
        headers |= {"mcp-method": method} | ({"mcp-name": params["name"]} if "name" in params else {})
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return http.post("/mcp", content=json.dumps(message), headers=headers)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
