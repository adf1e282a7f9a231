"""SMS for AI's tools: permission, price and rows of its REST calls."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from roost.domain.api_keys import Scope
from tests.mcp.conftest import Desk
from tests.mcp_client import HANDSHAKE, MODERN, RpcClient
from tests.sms8.stage import finish
from tests.sms_for_ai_client import US, Client, top_up

ERAS = pytest.mark.parametrize("version", [HANDSHAKE, MODERN])


def tools_of(rest: Client, version: str | None = HANDSHAKE) -> RpcClient:
    return RpcClient(rest.http, "/api/mcp", version, rest.token)


@pytest.mark.capability("SFA-25")
@ERAS
def test_a_client_starts_with_its_token_and_nobody_without(desk: Desk, version: str) -> None:
    client = tools_of(Client(desk.tenant), version)
    start = client.request("server/discover" if version == MODERN else "initialize")["result"]
    assert start["capabilities"] == {"tools": {"listChanged": False}}
    assert set(client.tools()) == {"send_sms", "get_balance", "list_sms"}
    for key, code in ((None, -32001), ("smsai_wrong", -32002)):
        stranger = RpcClient(client.http, "/api/mcp", version, key)
        for method in ("initialize", "tools/list", "tools/call"):
            refused = stranger.post(stranger.message(method))
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, code)


@pytest.mark.capability("SFA-26")
@ERAS
def test_send_sms_sends_and_charges(desk: Desk, version: str) -> None:
    top_up(desk.tenant, 1_000_000)
    rest = Client(desk.tenant)
    before = rest.balance()
    sent = tools_of(rest, version).call("send_sms", to=US, body="from an agent", sender_id="Acme")
    assert sent["status"] == "sent"
    assert sent["sms"] == {name: sent[name] for name in ("id", "status", "to", "price_usd", "nvia_message_id")}
    assert sent["price_usd"] > 0
    assert sent["balance"] == rest.balance() == pytest.approx(before - sent["price_usd"])
    assert [job["text"] for job in finish(desk.phone, "job.sent")] == ["from an agent"]


@pytest.mark.capability("SFA-26")
def test_send_sms_needs_the_permission_and_the_credits(desk: Desk) -> None:
    reader = tools_of(Client(desk.tenant, frozenset({Scope.MESSAGES_READ})))
    assert set(reader.tools()) == {"list_sms"}
    assert reader.refusal("send_sms", to=US, body="x")["error"] == "missing_scope"
    top_up(desk.tenant, 1)
    poor = tools_of(Client(desk.tenant)).refusal("send_sms", to=US, body="x")
    assert poor["error"] == "insufficient_credits"
    wrong = tools_of(Client(desk.tenant)).refusal("send_sms", body="x" * 1_601)
    assert wrong["errors"] == {"to": ["The to field is missing."]}
    assert finish(desk.phone, "job.sent") == []


@pytest.mark.capability("SFA-27")
def test_get_balance_is_that_of_the_api(desk: Desk) -> None:
    top_up(desk.tenant, 12_345_678)
    rest = Client(desk.tenant)
    assert tools_of(rest).call("get_balance") == rest.get("/balance").json() == {"credits_usd": 12.345678}


@pytest.mark.capability("SFA-28")
def test_list_sms_shows_the_rows_of_the_api(desk: Desk) -> None:
    rest = Client(desk.tenant)
    client = tools_of(rest)
    for number in range(3):
        client.call("send_sms", to=US, body=f"text {number}")
    finish(desk.phone, "job.failed")
    client.call("send_sms", to=US, body="waits")
    assert client.call("list_sms", limit=2, page=2) == rest.get("/sms", per_page=2, page=2).json()
    failed = client.call("list_sms", status="failed")
    assert failed["data"] == rest.get("/sms", status="failed").json()["data"]
    assert len(failed["data"]) == 3
    assert "status" in client.refusal("list_sms", status="lost")["errors"]
    for name, tool in client.tools().items():
        if name != "send_sms":
            Draft202012Validator(tool["outputSchema"]).validate(client.call(name))
