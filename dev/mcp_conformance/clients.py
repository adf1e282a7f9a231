"""The official clients list and call every tool of the deployed endpoint, a hundred times in a row."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

Round = list[tuple[str, dict[str, Any]]]

CODE = "Your code is 482910"
ANSWERING_NUMBER = "+15005550005"
"""The virtual phone's contact that answers with the text it got."""

CONNECT_MILLISECONDS = "60000"
"""A busy machine takes its time to start a function."""

ONE_FOR_EACH_NUMBER = frozenset({"send_otp", "verify_otp"})
"""A number gets one code a minute, and a code bears few guesses: these get the number of each round."""


def rounds_of(count: int, since: str, message_id: int) -> list[Round]:
    """Every tool once a round, with arguments that were not there before where they matter.

    `since`: before a code came in; `message_id`: of any message.
    """
    return [_round(number, since, message_id) for number in range(count)]


def _round(number: int, since: str, message_id: int) -> Round:
    peer = f"+1415556{number:04d}"
    return [
        ("setup_sms8", {}),
        ("list_devices", {}),
        ("get_balance", {}),
        ("send_sms", {"phone": peer, "message": f"round {number}"}),
        ("send_otp", {"phone": peer}),
        ("verify_otp", {"phone": peer, "code": "0"}),
        ("get_messages", {"limit": 5}),
        ("wait_for_otp", {"timeout_seconds": 5, "since": since}),
        ("create_webhook", {"url": "https://example.com/hook", "enabled": False}),
        ("schedule_sms", {"phone": peer, "message": f"round {number}", "send_at": "2027-06-01T09:00:00Z"}),
        ("list_conversations", {}),
        ("read_conversation", {"conversation_id": ANSWERING_NUMBER}),
        ("list_campaigns", {}),
        ("why_waiting", {"message_id": str(message_id)}),
        ("cancel_sms", {"message_id": str(message_id)}),
    ]


async def _python(url: str, key: str, mode: Any, rounds: Sequence[Round]) -> list[float]:
    spent: list[float] = []
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        for planned in rounds:
            started = time.perf_counter()
            listed = {tool.name for tool in (await client.list_tools()).tools}
            spent.append(time.perf_counter() - started)
            assert {name for name, _ in planned} <= listed
            for name, arguments in planned:
                started = time.perf_counter()
                result = await client.call_tool(name, arguments)
                spent.append(time.perf_counter() - started)
                assert not result.is_error, (name, result.content)
    return spent


def python_client(url: str, key: str, mode: str, rounds: Sequence[Round]) -> None:
    """Raises where a call does not go well."""
    spent = asyncio.run(_python(url, key, mode, rounds))
    _tell(f"Python client, {mode}", [seconds * 1_000 for seconds in spent])


def typescript_client(node: Path, folder: Path, which: str, url: str, key: str, rounds: Sequence[Round]) -> None:
    """Raises CalledProcessError where a call does not go well."""
    plan = folder / "rounds.json"
    plan.write_text(json.dumps(rounds))
    command = [str(node), "clients.mjs", which, url, key, str(plan)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"the TypeScript client ({which}) failed:\n{run.stdout}{run.stderr}")
    _tell(f"TypeScript client, {which}", json.loads(run.stdout)["milliseconds"])


def inspector(node: Path, folder: Path, url: str, key: str, rounds: Sequence[Round]) -> None:
    """Lists the tools in both eras, then calls each as often as there are rounds. Raises SystemExit where a call does
    not go well."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    script = folder / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    base = [str(node), str(script), "--cli", url, "--transport", "http", "--header", f"Authorization: Bearer {key}"]
    base += ["--connect-timeout", CONNECT_MILLISECONDS]
    for call in _inspections(rounds):
        run = subprocess.run(
            [*base, "--method", *call],
            env=os.environ | {"HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise SystemExit(f"the inspector failed at {' '.join(call)}:\n{run.stdout}{run.stderr}")
        print(f"ok   inspector {' '.join(call)}: {' '.join(run.stdout.split())[:160]}")


def _inspections(rounds: Sequence[Round]) -> Iterator[list[str]]:
    """In one connection a call is repeated with the same arguments: what is sent again so answers with the first."""
    for era in ("legacy", "modern"):
        yield ["tools/list", "--strict", "--protocol-era", era]
    for number, planned in enumerate(rounds):
        for name, arguments in planned:
            call = ["tools/call", "--tool-name", name, "--tool-args-json", json.dumps(arguments)]
            if name in ONE_FOR_EACH_NUMBER:
                yield call
            elif number == 0:
                yield [*call, "--load", "--load-requests", str(len(rounds)), "--load-concurrency", "1"]


def _tell(who: str, milliseconds: list[float]) -> None:
    middle, slow = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=100)[98]
    print(f"ok   {who}: {len(milliseconds)} calls, median {middle:.0f} ms, 99 % below {slow:.0f} ms")
