"""SMS8's tools do what its services do, with the same key."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from roost.domain.api_keys import Scope
from tests.mcp.conftest import Desk
from tests.mcp_client import HANDSHAKE, MODERN
from tests.roost_fixtures import Clock
from tests.sms8.stage import finish, receive
from tests.sms8_client import Sms8Client

SMS8_NAMES = {
    "send_sms", "send_otp", "verify_otp", "get_messages", "list_devices", "create_webhook", "setup_sms8",
}  # fmt: skip
PEER = "+14155550101"
ERAS = pytest.mark.parametrize("version", [None, HANDSHAKE, MODERN])


def sms8_of(desk: Desk) -> Sms8Client:
    return Sms8Client(desk.tenant.http, desk.key)


@pytest.mark.capability("SMS8-05")
@ERAS
def test_the_key_of_the_services_opens_the_tools_as_bearer(desk: Desk, version: str | None) -> None:
    assert desk.client(version).call("list_devices")["count"] == 1
    stranger = desk.client(version, key="sms8_nonsense")
    answer = stranger.post(stranger.message("tools/call", {"name": "list_devices", "arguments": {}}))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (answer.json()["id"], answer.json()["error"]["code"]) == (1, -32002)


@pytest.mark.capability("SMS8-54")
@ERAS
def test_a_client_finds_all_tools_and_each_says_what_it_takes_and_answers(desk: Desk, version: str | None) -> None:
    client = desk.client(version)
    if version != MODERN:
        assert client.request("initialize")["result"]["serverInfo"]["name"] == "sms8-mcp"
    tools = client.tools()
    assert tools.keys() >= SMS8_NAMES
    for tool in tools.values():
        Draft202012Validator.check_schema(tool["inputSchema"])
        Draft202012Validator.check_schema(tool["outputSchema"])
        assert tool["description"]
        hints = {"title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
        assert tool["annotations"].keys() == hints, tool["name"]
        assert tool["inputSchema"]["additionalProperties"] is False


def test_what_a_tool_answers_is_as_its_output_schema_says(desk: Desk) -> None:
    client = desk.client()
    schemas = {name: tool["outputSchema"] for name, tool in client.tools().items()}
    sent = client.call("send_sms", phone=PEER, message="hello")
    receive(desk.phone, PEER, "a reply")
    calls: dict[str, dict[str, Any]] = {
        "send_sms": {"phone": PEER, "message": "hello"},
        "send_otp": {"phone": PEER},
        "verify_otp": {"phone": PEER, "code": "1"},
        "get_messages": {},
        "list_devices": {},
        "get_balance": {},
        "setup_sms8": {},
        "schedule_sms": {"phone": PEER, "message": "later", "send_at": "2077-01-15T12:00:00+01:00"},
        "why_waiting": {"message_id": sent["message_id"]},
        "cancel_sms": {"message_id": sent["message_id"]},
    }
    for name, arguments in calls.items():
        Draft202012Validator(schemas[name]).validate(client.call(name, **arguments))
    nobody = desk.client(key=None).call("setup_sms8")
    Draft202012Validator(schemas["setup_sms8"]).validate(nobody)


@pytest.mark.capability("SMS8-55")
@ERAS
def test_send_sms_is_a_job_on_the_phone_and_a_message_of_the_services(desk: Desk, version: str | None) -> None:
    client = desk.client(version)
    sent = client.call("send_sms", phone="+1 (415) 555-0101", message="from an assistant", device_id=1, sim_slot="1")
    assert (sent["success"], sent["phone"], sent["senders"]) == (True, PEER, ["1|1"])
    [message] = sms8_of(desk).messages("read-messages", id=sent["message_id"])
    assert (message["message"], message["deviceID"], message["simSlot"]) == ("from an assistant", "1", "1")
    assert [job["text"] for job in finish(desk.phone, "job.sent")] == ["from an assistant"]
    headers = {"x-api-key": desk.key}
    assert desk.tenant.http.get(sent["status_url"], headers=headers).json()["status"] == "sent"


@pytest.mark.parametrize(
    ("chosen", "senders"),
    [
        ({"devices": ["1|1"]}, {"1|1"}),
        ({"devices": ["1"]}, {"1|0"}),
        ({"option": 2}, {"1|0", "1|1"}),
        ({"devices": ["1|0", "1|1"], "random_device": True}, {"1|0", "1|1"}),
        ({}, {"1|0"}),
        ({"device_id": None, "devices": [], "option": 0}, {"1|0"}),
    ],
)
def test_senders_are_chosen_as_by_the_services(desk: Desk, chosen: dict[str, Any], senders: set[str]) -> None:
    [sender] = desk.client().call("send_sms", phone=PEER, message="x", **chosen)["senders"]
    assert sender in senders


def test_without_a_phone_send_sms_tells_how_to_pair_one(desk: Desk) -> None:
    headers = {"x-api-key": desk.tenant.key()}
    desk.tenant.http.delete(f"/v1/phones/{desk.phone.device_id}", headers=headers).raise_for_status()
    refused = desk.client().refusal("send_sms", phone=PEER, message="x")
    assert refused["pair_url"] == "https://roost.example/app/phones"
    assert refused["setup"]


@pytest.mark.capability("SMS8-56", "SMS8-57")
def test_a_code_is_texted_and_checked_and_never_shown(desk: Desk) -> None:
    client = desk.client()
    sent = client.call("send_otp", phone=PEER, length=5, template="Code {code}", max_attempts=5)
    assert (sent["success"], sent["phone"], sent["expires_in"]) == (True, PEER, 300)
    [job] = finish(desk.phone, "job.sent")
    found = re.fullmatch(r"Code ([0-9]{5})", job["text"])
    assert found
    assert found[1] not in json.dumps([sent, client.call("get_messages")])
    wrong = f"{(int(found[1]) + 1) % 100_000:05d}"
    assert client.call("verify_otp", phone=PEER, code=wrong) == {
        "success": True,
        "verified": False,
        "reason": "code_mismatch",
        "attempts_left": 4,
        "error": "Invalid or expired code",
    }
    assert client.call("verify_otp", phone=PEER, code=found[1]) == {"success": True, "verified": True}
    assert client.call("verify_otp", phone=PEER, code=found[1])["reason"] == "not_found"
    soon = client.refusal("send_otp", phone=PEER)
    assert (soon["code"], soon["retry_after"]) == (429, 60)


@pytest.mark.capability("SMS8-57")
def test_guesses_are_counted_and_codes_expire(desk: Desk, clock: Clock) -> None:
    client = desk.client()
    client.call("send_otp", phone=PEER, max_attempts=1, expires_in=60)
    assert client.call("verify_otp", phone=PEER, code="no")["attempts_left"] == 0
    assert client.call("verify_otp", phone=PEER, code="no")["reason"] == "max_attempts"
    clock.forward(minutes=2)
    client.call("send_otp", phone=PEER, expires_in=60)
    clock.forward(minutes=2)
    assert client.call("verify_otp", phone=PEER, code="no")["reason"] == "expired"


@pytest.mark.capability("SMS8-58")
def test_get_messages_lists_both_directions_by_number_and_count(desk: Desk, clock: Clock) -> None:
    client = desk.client()
    client.call("send_sms", phone=PEER, message="out")
    clock.forward(seconds=1)
    receive(desk.phone, "+14155550199", "in")
    listed = client.call("get_messages")
    assert (listed["success"], listed["count"]) == (True, 2)
    assert listed["messages"][0].keys() == {"ID", "number", "message", "status", "sentDate", "deliveredDate", "type"}
    texts = [message["message"] for message in listed["messages"]]
    assert texts == ["in", "out"]
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"direction": "received"}, ["in"]),
        ({"direction": "sent"}, ["out"]),
        ({"limit": 1}, ["in"]),
        ({"phone": PEER}, ["out"]),
        ({"phone": "(415) 555"}, []),
    ]
    for arguments, expected in cases:
        found = client.call("get_messages", **arguments)["messages"]
        assert [message["message"] for message in found] == expected, arguments
    assert "limit" in client.refusal("get_messages", limit=101)["error"]


@pytest.mark.capability("SMS8-59")
def test_list_devices_names_those_of_the_service(desk: Desk) -> None:
    desk.tenant.http.headers["x-api-key"] = desk.tenant.key()
    desk.tenant.pair("Galaxy")
    desk.tenant.http.headers.pop("x-api-key")
    listed = desk.client().call("list_devices")
    assert listed["devices"] == sms8_of(desk).data("get-devices")["devices"]
    assert listed["count"] == 2
    assert listed["pair_new_url"] == "https://roost.example/app/phones"


@pytest.mark.capability("X-04")
def test_get_balance_counts_credits_or_says_that_there_is_no_end_of_them(desk: Desk) -> None:
    client = desk.client()
    unlimited = client.call("get_balance")
    assert (unlimited["credits"], unlimited["unlimited"]) == (None, True)
    desk.tenant.top_up(credits=7)
    client.call("send_sms", phone=PEER, message="x")
    limited = client.call("get_balance")
    assert (limited["credits"], limited["unlimited"], limited["expires_at"], limited["days_left"]) == (
        6,
        False,
        None,
        None,
    )


def test_a_key_sees_the_tools_of_its_scopes_and_is_told_why_others_refuse(desk: Desk) -> None:
    client = desk.client(key=desk.tenant.key(Scope.MESSAGES_READ))
    assert set(client.tools()) == {"get_messages", "wait_for_otp", "why_waiting"}
    refused = client.refusal("send_sms", phone=PEER, message="x")
    assert (refused["code"], refused["reason"]) == (403, "missing_scope")
    assert "messages:send" in refused["error"]
    assert client.call("get_messages")["count"] == 0
