"""Every request of our client, answered by mock servers that Prism makes of HighLevel's own OpenAPI files.

The files are HighLevel's (CC0), not ours: they are looked for in $HIGHLEVEL_CONTRACTS, else beside this project.
Prism is installed by `npm install --prefix .venvs/prism @stoplight/prism-cli`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from roost.domain.highlevel_app import HighLevelApp
from roost.outbound.highlevel import HighLevel
from roost.outbound.highlevel_http import Answer, HighLevelHttp
from tests.contract.repository import ROOT

CONTRACTS = Path(os.environ.get("HIGHLEVEL_CONTRACTS") or ROOT.parent / "shared" / "contracts" / "highlevel")
PRISM = ROOT / ".venvs" / "prism" / "node_modules" / ".bin" / "prism"
PARTS = ("conversations", "contacts", "oauth")
START_SECONDS = 60
APP = HighLevelApp(client_id="65aa0d1f-x", client_secret="s", conversation_provider_id="61d6d1f9")

CALLS: dict[str, Callable[[HighLevel], Answer]] = {
    "exchange a code": lambda api: api.exchange_code("code", "https://roost.example/callback"),
    "refresh": lambda api: api.refresh("rt", "Location"),
    "a location's token": lambda api: api.location_token("at", "comp", "loc"),
    "installed locations": lambda api: api.installed_locations("at", "comp"),
    "upsert a contact": lambda api: api.upsert_contact("at", "loc", "+14155551234"),
    "read a contact": lambda api: api.get_contact("at", "con"),
    "set do not disturb": lambda api: api.change_dnd("at", "con", on=True),
    "lift do not disturb": lambda api: api.change_dnd("at", "con", on=False),
    "add a tag": lambda api: api.change_tag("at", "con", "dnc", on=True),
    "remove a tag": lambda api: api.change_tag("at", "con", "dnc", on=False),
    "open a conversation": lambda api: api.create_conversation("at", "loc", "con"),
    "find a conversation": lambda api: api.search_conversation("at", "loc", "con"),
    "read texts": lambda api: api.messages_of("at", "conv"),
    "show what came in": lambda api: shown(api, "inbound"),
    "show what left": lambda api: shown(api, "outbound"),
    "tell a delivery": lambda api: api.put_status("at", "msg", "delivered", None),
    "tell a failure": lambda api: api.put_status("at", "msg", "failed", "no signal"),
}


def shown(api: HighLevel, direction: str) -> Answer:
    at = "2026-11-21T16:00:00.000Z"
    return api.add_message(
        "at", contact="con", conversation="conv", text="hi", direction=direction, ours="msg_1", at=at
    )


def patched(folder: Path) -> Path:
    """The published file types `direction` as an object, so that no string would pass."""
    shutil.copytree(CONTRACTS, folder, dirs_exist_ok=True)
    file = folder / "apps" / "conversations.json"
    contract = json.loads(file.read_text(encoding="utf-8"))
    members = contract["components"]["schemas"]["ProcessMessageBodyDto"]["properties"]
    members["direction"] = {"type": "string", "enum": ["inbound", "outbound"]}
    file.write_text(json.dumps(contract), encoding="utf-8")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"Prism did not listen on {port} within {START_SECONDS} s")


@pytest.fixture(scope="module")
def mocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """The port of each part of the API."""
    prism = shutil.which("prism") or (str(PRISM) if PRISM.exists() else None)
    if not CONTRACTS.is_dir():
        pytest.skip(f"HighLevel's OpenAPI files are not at {CONTRACTS}: its contract was not tried")
    if prism is None:
        pytest.skip("Prism is not installed (see this file's head): HighLevel's contract was not tried")
    folder = patched(tmp_path_factory.mktemp("highlevel"))
    with ExitStack() as running:
        ports = {}
        for part in PARTS:
            ports[part] = free_port()
            command = [prism, "mock", "--errors", "--port", str(ports[part]), str(folder / "apps" / f"{part}.json")]
            started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            running.callback(started.wait)
            running.callback(started.terminate)
        for port in ports.values():
            wait_for(port)
        yield ports


@pytest.fixture
def forwarding(mocks: dict[str, int]) -> Iterator[httpx.MockTransport]:
    """One host in front of the mock servers, as HighLevel has it."""
    with httpx.Client(timeout=30) as client:

        def forward(request: httpx.Request) -> httpx.Response:
            part = request.url.path.split("/")[1]
            headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
            url = request.url.copy_with(scheme="http", host="127.0.0.1", port=mocks[part])
            answer = client.request(request.method, url, headers=headers, content=request.read())
            return httpx.Response(answer.status_code, content=answer.content)

        yield httpx.MockTransport(forward)


@pytest.mark.capability("X-12")
@pytest.mark.parametrize("name", CALLS)
def test_a_request_of_ours_is_what_the_contract_says(name: str, forwarding: httpx.MockTransport) -> None:
    answer = CALLS[name](HighLevel(APP, HighLevelHttp("https://services.leadconnectorhq.com", forwarding)))
    assert answer.ok or is_only_about_prism_s_answer(answer), (answer.status, answer.body)


def is_only_about_prism_s_answer(answer: Answer) -> bool:
    """Some examples of the contract do not fit its own schemas: Prism then refuses what it would answer."""
    places = [violation["location"][0] for violation in answer.body.get("validation", [])]
    return bool(places) and set(places) == {"response"}


@pytest.mark.capability("X-12")
def test_the_mock_server_does_refuse_what_breaks_the_contract(forwarding: httpx.MockTransport) -> None:
    http = HighLevelHttp("https://services.leadconnectorhq.com", forwarding)
    path, body = "/conversations/messages/msg/status", {"status": "delivered"}
    assert not http.ask("PUT", path, token="at", body=body).ok, "without a version"
    assert not http.ask("PUT", path, token="at", version="2021-04-15", body={"status": "sent"}).ok
    assert http.ask("PUT", path, token="at", version="2021-04-15", body=body).ok
