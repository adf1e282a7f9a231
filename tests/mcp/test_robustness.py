"""Any call at all is answered by the protocol, and nothing private is logged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.dialects.mcp import endpoints
from tests.mcp.conftest import Desk
from tests.mcp_client import HANDSHAKE, MODERN, RpcClient


def test_nothing_private_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    for version in (None, HANDSHAKE, MODERN):
        client = desk.client(version)
        client.call("send_sms", phone="+14155550101", message="the very text")
        client.post(client.message("tools/call", {"name": "the very text"}))
        client.post(b"the very text")
        client.post({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": ["the very text"]}})
        client.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": ["the very text"]}})
    logged = caplog.text + "".join(capsys.readouterr())
    assert all(private not in logged for private in ("the very text", "4155550101", desk.key))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
TOOL_NAMES = st.sampled_from(sorted({tool.name for tool in endpoints.SMS8_TOOLS} - {"wait_for_otp"}))
ARGUMENTS = st.dictionaries(st.sampled_from(["phone", "message", "limit", "url", "message_id"]), JSON_VALUES)
CALLS = st.fixed_dictionaries({"name": TOOL_NAMES | JSON_VALUES}, optional={"arguments": ARGUMENTS | JSON_VALUES})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(version=st.sampled_from([None, "2024-11-05", HANDSHAKE, MODERN]), params=CALLS | JSON_VALUES)
def test_any_call_at_all_is_answered_by_the_protocol(desk: Desk, version: str | None, params: Any) -> None:
    client = RpcClient(desk.tenant.http, "/mcp", version, desk.key)
    meta: dict[str, Any] = {
        f"io.modelcontextprotocol/{name}": value
        for name, value in (("protocolVersion", MODERN), ("clientCapabilities", {}))
    }
    given_params = {**params, "_meta": meta} if isinstance(params, dict) and version == MODERN else params
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": given_params}
    answer = client.post(message)
    assert answer.status_code < 500
    parsed = answer.json()
    assert ("result" in parsed) != ("error" in parsed)
    assert "Something broke" not in answer.text
    assert "For further information" not in answer.text
