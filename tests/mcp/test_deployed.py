"""The official Python client against the deployed function, under its own policy, in both eras."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from roost.dialects.mcp.endpoints import SMS8_TOOLS
from roost.domain.instants import HOUR, MINUTE, rfc3339
from tests.roost_fixtures import Tenant
from tests.sms8.stage import finish, receive
from tests.sms_for_ai_client import Client as SmsForAi

PEER = "+14155550101"
Calls = list[tuple[str, dict[str, Any]]]


async def called(url: str, key: str, mode: Any, calls: Calls) -> list[dict[str, Any]]:
    """The structured answers, which the client itself holds against the output schemas."""
    headers = {"authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=90) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert {name for name, _ in calls} <= listed
        results = [await client.call_tool(name, arguments) for name, arguments in calls]
    assert not any(result.is_error for result in results), results
    return [json.loads(result.content[0].text) for result in results]  # type: ignore[union-attr]


@pytest.mark.capability("SMS8-54")
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28", "auto"])
def test_the_python_client_calls_every_tool(deployed: Tenant, mode: str) -> None:
    phone, key, url, now = deployed.pair(), deployed.sms8().key, f"{deployed.base_url}/mcp", deployed.deps.now()
    first: Calls = [
        ("schedule_sms", {"phone": PEER, "message": "later", "send_at": rfc3339(now + HOUR)}),
        ("send_sms", {"phone": PEER, "message": "from the official client"}),
        ("send_otp", {"phone": "+14155550102"}),
        ("verify_otp", {"phone": "+14155550102", "code": "0"}),
        ("list_devices", {}),
        ("get_balance", {}),
        ("setup_sms8", {}),
        ("create_webhook", {"url": "http://127.0.0.1:9/hook"}),
        ("create_webhook", {"url": "http://127.0.0.1:9/hook", "enabled": False}),
    ]
    scheduled, *_ = asyncio.run(called(url, key, mode, first))
    assert "from the official client" in [job["text"] for job in finish(phone, "job.sent")]
    receive(phone, PEER, "Your code is 482910")
    then: Calls = [
        ("wait_for_otp", {"since": rfc3339(now - MINUTE)}),
        ("get_messages", {"direction": "received"}),
        ("list_conversations", {}),
        ("read_conversation", {"conversation_id": PEER}),
        ("list_campaigns", {}),
        ("why_waiting", {"message_id": str(scheduled["message_id"])}),
        ("cancel_sms", {"message_id": str(scheduled["message_id"])}),
    ]
    found, listed, *_, why, canceled = asyncio.run(called(url, key, mode, then))
    assert (found["code"], listed["count"], canceled["status"]) == ("482910", 1, "canceled")
    assert why["waiting"]["reason"] == "scheduled"
    assert {name for name, _ in first + then} == {tool.name for tool in SMS8_TOOLS}


@pytest.mark.capability("SFA-25", "SFA-26")
def test_the_python_client_calls_the_tools_of_sms_for_ai(deployed: Tenant) -> None:
    phone = deployed.pair()
    token = SmsForAi(deployed).token
    calls: Calls = [("send_sms", {"to": PEER, "body": "hi"}), ("get_balance", {}), ("list_sms", {})]
    sent, _, listed = asyncio.run(called(f"{deployed.base_url}/api/mcp", token, "auto", calls))
    assert [row["id"] for row in listed["data"]] == [sent["id"]]
    assert [job["text"] for job in finish(phone, "job.sent")] == ["hi"]
