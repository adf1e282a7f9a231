"""What SMS8's command-line client sends: no handshake, no revision named, the key inside the arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from roost.web import caller
from tests.mcp.conftest import Desk
from tests.roost_fixtures import Clock

FILE = Path(__file__).parents[1] / "recordings/sms8/mcp_command_line.json"
RECORDED = [pytest.param(one, id=one["call"]) for one in json.loads(FILE.read_text(encoding="utf-8"))["command line"]]


@pytest.fixture
def sleepless(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A wait moves the test's clock."""
    sleep: Callable[[float], None] = lambda seconds: clock.forward(seconds=seconds)  # noqa: E731 (typed, and one line)
    monkeypatch.setattr(caller, "deps", lambda: replace(desk.tenant.deps, sleep=sleep))
    return desk


@pytest.mark.capability("X-08")
@pytest.mark.parametrize("path", ["/", "/mcp"])
@pytest.mark.parametrize("recorded", RECORDED)
def test_a_subcommand_is_answered_with_json_in_the_text(sleepless: Desk, path: str, recorded: dict[str, Any]) -> None:
    client = sleepless.client(version=None, key=None, path=path)
    arguments = {**recorded["arguments"], "api_key": sleepless.key}
    message = client.message("tools/call", {"name": recorded["tool"], "arguments": arguments})
    answer = sleepless.tenant.http.post(path, json=message)
    assert answer.status_code == 200
    result = answer.json()["result"]
    assert result["isError"] is False
    [content] = result["content"]
    assert content["type"] == "text"
    assert recorded["reads"] in json.loads(content["text"])
    assert sleepless.key not in answer.text


@pytest.mark.capability("X-08")
def test_a_key_may_stand_in_four_places_and_the_header_counts_first(desk: Desk) -> None:
    http, call = desk.tenant.http, {"name": "list_devices", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": "a", "method": "tools/call"}
    in_auth = {**message, "params": {**call, "_auth": {"api_key": desk.key}}}
    in_arguments = {**message, "params": {**call, "arguments": {"api_key": desk.key}}}
    for accepted in (
        http.post("/", json=in_auth),
        http.post("/", json=in_arguments),
        http.post("/", json={**message, "params": call}, headers={"x-api-key": desk.key}),
        http.post("/", json={**message, "params": call}, headers={"authorization": f"Bearer {desk.key}"}),
    ):
        assert (accepted.json()["id"], accepted.json()["result"]["isError"]) == ("a", False)
    for content, headers, code in [
        ({**message, "params": call}, {}, -32001),
        (in_arguments, {"authorization": "Bearer sms8_wrong"}, -32002),
        ({**message, "params": {**call, "arguments": {"api_key": "sms8_wrong"}}}, {}, -32002),
        ({**message, "params": {**call, "arguments": {"api_key": 7}}}, {}, -32001),
    ]:
        refused = http.post("/", json=content, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, code)


def test_the_endpoint_of_sms_for_ai_reads_no_key_from_the_message(desk: Desk) -> None:
    params = {"name": "get_balance", "arguments": {"api_key": desk.key}}
    content = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    assert desk.tenant.http.post("/api/mcp", json=content).json()["error"]["code"] == -32001


def test_several_messages_are_answered_together_each_with_its_own_key(desk: Desk) -> None:
    client = desk.client(version=None, key=None)
    batch = [
        client.message("ping"),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        client.message("tools/call", {"name": "get_balance", "arguments": {"api_key": desk.key}}),
        client.message("tools/call", {"name": "get_balance", "arguments": {}}),
        7,
    ]
    answer = client.post(batch)
    assert answer.status_code == 200
    found = [(one["id"], one.get("error", {}).get("code")) for one in answer.json()]
    assert found == [(1, None), (2, None), (3, -32001), (None, -32001)]
    assert client.post([batch[1]]).status_code == 202
