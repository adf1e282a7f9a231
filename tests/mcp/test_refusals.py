"""Whatever arrives: the protocol's own error in the era of the caller, never a crash, never a library's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roost.dialects.mcp import own_tools
from roost.dialects.mcp.envelope import MOST_BYTES, MOST_IN_BATCH
from roost.domain.api_keys import Scope
from tests.mcp.conftest import Desk
from tests.mcp_client import HANDSHAKE, MODERN

ERAS = pytest.mark.parametrize("version", [None, HANDSHAKE, MODERN])
LIBRARY = (
    "pydantic",
    "Traceback",
    "Input should",
    "validation error",
    "For further information",
    "Error:",
    "starlette",
)
NOT_JSON = [
    b"",
    b"{",
    b"nonsense",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"id": NaN}',
    b'{"id": ' + b"9" * 5_000 + b"}",
    b'"\\ud83d"',
]
NO_MESSAGE: list[Any] = [
    None, 7, "x", {}, {"method": "ping"}, {"jsonrpc": "1.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "id": 1},
    {"jsonrpc": "2.0", "id": None, "method": "ping"}, {"jsonrpc": "2.0", "id": {}, "method": "ping"},
    {"jsonrpc": "2.0", "id": 1, "method": 7}, {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []},
    {"jsonrpc": "2.0", "id": 1, "result": {}}, {"jsonrpc": "2.0", "id": True, "method": "ping"},
]  # fmt: skip


def is_clean(text: str) -> bool:
    return not any(word in text for word in LIBRARY)


@ERAS
@pytest.mark.parametrize("path", ["/mcp", "/api/mcp"])
def test_what_is_no_json_is_a_parse_error(desk: Desk, version: str | None, path: str) -> None:
    client = desk.client(version, path=path)
    for content in NOT_JSON:
        answer = client.post(content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32700), content[:20]
        assert is_clean(answer.text)


@ERAS
def test_json_that_is_no_message_is_an_invalid_request(desk: Desk, version: str | None) -> None:
    client = desk.client(version)
    for content in NO_MESSAGE:
        answer = client.post(json.dumps(content).encode())
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600), content
        assert is_clean(answer.text)


@ERAS
@pytest.mark.parametrize(
    ("params", "code"),
    [({}, -32602), ({"name": "send_sms", "arguments": []}, -32602), ({"name": "nothing"}, None)],
)
def test_a_call_that_names_no_tool_is_refused_by_the_protocol(
    desk: Desk, version: str | None, params: dict[str, Any], code: int | None
) -> None:
    """SMS8 answers an unknown tool as it does an unknown method; the specification calls it a wrong parameter."""
    client = desk.client(version)
    answer = client.post(client.message("tools/call", params), **{"mcp-name": str(params.get("name"))})
    assert answer.json()["error"]["code"] == (code or (-32601 if version is None else -32602))
    assert answer.status_code == (400 if version == MODERN else 200)
    assert is_clean(answer.text)


@ERAS
def test_a_method_that_is_not_offered_is_refused_by_the_protocol(desk: Desk, version: str | None) -> None:
    client = desk.client(version)
    for method in ("resources/list", "prompts/list", "nonsense"):
        answer = client.post(client.message(method))
        assert answer.json()["error"]["code"] == -32601, method
        assert answer.status_code == (200 if version != MODERN else 404), method


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"mcp-protocol-version": "2031-01-01"}, -32020),
        ({"mcp-method": "tools/list"}, -32020),
        ({"mcp-name": "send_sms"}, -32020),
        ({"mcp-method": ""}, -32020),
    ],
)
def test_headers_that_contradict_the_message_are_told_apart(desk: Desk, headers: dict[str, str], code: int) -> None:
    client = desk.client(MODERN)
    answer = client.post(client.message("tools/call", {"name": "list_devices", "arguments": {}}), **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_revision_nobody_serves_is_told_which_there_are(desk: Desk) -> None:
    message = desk.client(MODERN).message("tools/list")
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2031-01-01"
    answer = desk.client("2031-01-01").post(message, **{"mcp-method": "tools/list"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32022)
    assert answer.json()["error"]["data"]["supported"] == [MODERN]


def test_blanks_around_a_header_and_a_missing_accept_do_no_harm(desk: Desk) -> None:
    client = desk.client(MODERN)
    message = client.message("tools/call", {"name": "list_devices", "arguments": {}})
    answer = client.post(message, **{"mcp-name": "  list_devices ", "accept": "*/*", "content-type": "text/plain"})
    assert answer.status_code == 200


WRONG_ARGUMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("send_sms", {}, "phone: is missing; message: is missing"),
    ("send_sms", {"phone": "12", "message": "x"}, "phone: must be a phone number in E.164 format"),
    ("send_sms", {"phone": "+14155550101", "message": "x" * 1_601}, "message: must have 1 to 1600 characters"),
    ("send_sms", {"phone": "+14155550101", "message": {"a": 1}}, "message: "),
    ("send_sms", {"phone": "+14155550101", "message": "x", "devise_id": 1}, "devise_id: "),
    ("send_sms", {"phone": "+14155550101", "message": "x", "device_id": 9}, "No phone phn_9"),
    ("send_sms", {"phone": "+14155550101", "message": "x", "devices": ["9"]}, "No phone phn_9"),
    ("send_sms", {"phone": "+14155550101", "message": "x", "device_id": 1, "sim_slot": "7"}, "sim_slot: "),
    ("send_sms", {"phone": "+14155550101", "message": "x", "device_id": 1, "devices": ["1"]}, "devices: and device_id"),
    ("send_sms", {"phone": "+14155550101", "message": "x", "devices": {"a": 1}}, "devices: Invalid request format"),
    ("send_sms", {"phone": "+14155550101", "message": "x", "option": 3}, "option: "),
    ("send_sms", {"phone": "+14155550101", "message": "x", "device_id": True}, "device_id: must be a whole number"),
    ("send_sms", {"phone": "+14155550101", "message": "x", "repeat": "maybe"}, "repeat: must be 0 or 1"),
    ("send_otp", {"phone": "+14155550101", "length": 3}, "length: "),
    ("send_otp", {"phone": "+14155550101", "template": "no place"}, "template: "),
    ("get_messages", {"direction": "up"}, "direction: "),
    ("create_webhook", {}, "url: is missing"),
    ("why_waiting", {"message_id": [1]}, "No such message"),
]


@ERAS
def test_wrong_arguments_are_told_to_the_model_by_name(desk: Desk, version: str | None) -> None:
    client = desk.client(version)
    for tool, arguments, problem in WRONG_ARGUMENTS:
        refused = client.refusal(tool, **arguments)
        assert problem in refused["error"], (tool, arguments, refused)
        assert is_clean(json.dumps(refused)), refused
    assert client.call("get_messages")["count"] == 0


def test_a_request_too_large_and_a_batch_too_long_are_refused(desk: Desk) -> None:
    client = desk.client(version=None)
    large = client.post(b'"' + b"x" * MOST_BYTES + b'"')
    assert (large.status_code, large.json()["error"]["code"]) == (413, -32600)
    for batch in ([], [client.message("ping")] * (MOST_IN_BATCH + 1)):
        answer = client.post(batch)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)
    for version in (HANDSHAKE, MODERN):
        answer = desk.client(version).post([client.message("ping")])
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)


def test_an_expired_key_and_one_from_elsewhere_are_refused_with_the_id_of_the_message(desk: Desk) -> None:
    expired = desk.tenant.key(Scope.MESSAGES_READ, expires_at=desk.tenant.deps.now() + 1_000)
    desk.tenant.deps.now.forward(seconds=2)  # type: ignore[attr-defined]
    elsewhere = desk.tenant.key(addresses=("198.51.100.0/24",))
    for key, status in ((expired, 401), (elsewhere, 403)):
        for path in ("/mcp", "/api/mcp"):
            client = desk.client(key=key, path=path)
            answer = client.post(client.message("tools/list"))
            assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (status, -32002, 1)


def test_a_key_that_calls_too_often_is_told_when_to_go_on(desk: Desk) -> None:
    client = desk.client(key=desk.tenant.key(per_minute=1))
    client.call("list_devices")
    refused = client.refusal("list_devices")
    assert (refused["code"], refused["retry_after"]) == (429, 60)


def test_a_crash_inside_a_tool_is_an_answer_without_its_cause(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret +14155550101")

    monkeypatch.setattr(own_tools, "read_message", broken)
    for version in (None, HANDSHAKE, MODERN):
        refused = desk.client(version).refusal("why_waiting", message_id="msg_1")
        assert refused["error"].startswith("Something broke on our side. Request id: ")
        assert "secret" not in json.dumps(refused)
