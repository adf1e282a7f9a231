"""What anybody may look at, from where, and what is never offered."""

from __future__ import annotations

import pytest

from dev.lambda_transport import gateway_event, invoke
from tests.mcp.conftest import Desk
from tests.mcp_client import HANDSHAKE, MODERN, RpcClient

HERE = "roost.example"
CORS = "access-control-allow-origin"
FOREIGN = {"origin": "https://evil.example.com"}


@pytest.mark.capability("X-09")
@pytest.mark.parametrize("path", ["/mcp", "/"])
def test_only_discovery_may_be_read_by_pages_of_other_sites(desk: Desk, path: str) -> None:
    client = desk.client(version=None, path=path)
    for method in ("initialize", "tools/list", "ping"):
        assert client.post(client.message(method)).headers[CORS] == "*", method
    call = client.message("tools/call", {"name": "list_devices", "arguments": {}})
    for content in (call, client.message("nonsense"), b"{", [client.message("ping"), call]):
        assert CORS not in client.post(content).headers
    assert client.post([client.message("ping"), client.message("tools/list")]).headers[CORS] == "*"


def test_a_browser_is_told_what_it_may_send(desk: Desk) -> None:
    for path in ("/mcp", "/"):
        answer = desk.tenant.http.options(path, headers=FOREIGN)
        assert (answer.status_code, answer.headers[CORS]) == (204, "*")
        assert "authorization" not in answer.headers["access-control-allow-headers"]
    assert CORS not in desk.tenant.http.options("/api/mcp", headers=FOREIGN).headers


@pytest.mark.parametrize("version", [None, HANDSHAKE, MODERN])
def test_a_page_of_another_site_may_look_and_not_touch(desk: Desk, version: str | None) -> None:
    client = desk.client(version)
    assert client.post(client.message("tools/list"), **FOREIGN).status_code == 200
    call = client.message("tools/call", {"name": "send_sms", "arguments": {"phone": "+14155550101", "message": "x"}})
    for origin in ("https://evil.example.com", "null", f"https://{HERE}.evil.com", "garbage"):
        refused = client.post(call, origin=origin)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, -32600)
        assert refused.json()["id"] == call["id"]
    assert client.call("get_messages")["count"] == 0
    assert client.post(call, origin=f"https://{HERE}").status_code == 200


def test_the_endpoint_of_sms_for_ai_is_for_no_page_at_all(desk: Desk) -> None:
    client = desk.client(path="/api/mcp")
    assert client.post(client.message("tools/list"), **FOREIGN).status_code == 403
    assert client.post(client.message("tools/list")).status_code == 200


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:443", "roost.example.evil.com", ""])
def test_a_name_that_is_not_ours_is_not_served(desk: Desk, host: str) -> None:
    client = desk.client()
    request = client.http.build_request("POST", "/mcp", json=client.message("tools/list"))
    event = gateway_event(request, "POST /mcp", {})
    event["headers"]["host"] = host
    assert invoke("mcp", event)["statusCode"] == 421


@pytest.mark.parametrize("version", [None, HANDSHAKE, MODERN])
def test_without_a_key_one_may_look_but_call_nothing(desk: Desk, version: str | None) -> None:
    nobody = desk.client(version, key=None)
    assert "send_sms" in nobody.tools()
    answer = nobody.post(nobody.message("tools/call", {"name": "list_devices", "arguments": {}}))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, -32001)
    private = RpcClient(nobody.http, "/api/mcp", version)
    for method in ("initialize", "tools/list", "ping", "server/discover"):
        answer = private.post(private.message(method))
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, -32001), method


@pytest.mark.parametrize("path", ["/mcp", "/api/mcp"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_is_no_stream_and_no_session(desk: Desk, path: str, method: str) -> None:
    answer = desk.tenant.http.request(method, path, headers={"accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["allow"], answer.content) == (405, "POST", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/api/mcp",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ],
)
def test_no_oauth_is_advertised_so_clients_keep_to_their_configured_key(desk: Desk, path: str) -> None:
    assert desk.tenant.http.get(path).status_code == 404


def test_a_notification_is_acknowledged_and_does_nothing(desk: Desk) -> None:
    for version in (None, HANDSHAKE, MODERN):
        client = desk.client(version)
        message = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        answer = client.post(message)
        assert (answer.status_code, answer.content) == (202, b""), version
        arguments = {"phone": "+14155550101", "message": "x"}
        call = client.message("tools/call", {"name": "send_sms", "arguments": arguments})
        del call["id"]
        assert client.post(call).status_code in (202, 400)
    assert desk.client().call("get_messages")["count"] == 0
