"""create_webhook and setup_sms8: what an owner's assistant sets up, and what it is never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roost.outbound.webhook_http import WebhookHttp
from roost.web import receivers
from tests.mcp.conftest import Desk


@pytest.fixture
def _public_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cloud's own rules, with names that resolve as the test says."""
    names = {"hooks.roost.dev": ["93.184.215.14"], "rebind.roost.dev": ["93.184.215.14", "10.0.0.5"]}
    http = WebhookHttp(resolver=lambda host, *_: names.get(host, []))
    monkeypatch.setattr(receivers, "webhook_http", lambda: http)


@pytest.mark.capability("SMS8-60")
@pytest.mark.usefixtures("_public_dns")
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.roost.dev/in", "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://localhost/", "https://user:pass@hooks.roost.dev/", "https://rebind.roost.dev/",
        "https://metadata.google.internal/", "https://x.local/", "https://nothing.roost.dev/",
    ],
)  # fmt: skip
def test_create_webhook_refuses_what_may_not_be_called_and_saves_nothing(desk: Desk, url: str) -> None:
    refused = desk.client().refusal("create_webhook", url=url)
    assert refused["error"].startswith("url: ")
    assert "10.0.0.5" not in json.dumps(refused)
    assert webhooks_of(desk) == []


def webhooks_of(desk: Desk) -> list[dict[str, Any]]:
    answer = desk.tenant.http.get("/v1/webhooks", headers={"x-api-key": desk.key})
    listed: list[dict[str, Any]] = answer.json()["data"]
    return listed


@pytest.mark.capability("SMS8-60")
@pytest.mark.usefixtures("_public_dns")
def test_create_webhook_makes_one_endpoint_a_url_and_switches_it(desk: Desk) -> None:
    client, url = desk.client(), "https://hooks.roost.dev/in"
    made = client.call("create_webhook", url=url)
    assert client.call("create_webhook", url=url)["webhook_id"] == made["webhook_id"]
    [webhook] = webhooks_of(desk)
    assert (webhook["url"], webhook["format"], webhook["enabled"]) == (url, "sms8-json", True)
    assert "message.received" in webhook["events"]
    assert "whsec" not in json.dumps(made)
    assert client.call("create_webhook", url=url, enabled=False)["enabled"] is False
    assert [webhook["enabled"] for webhook in webhooks_of(desk)] == [False]
    client.call("create_webhook", url=url)
    assert [webhook["enabled"] for webhook in webhooks_of(desk)] == [True]
    assert client.call("create_webhook", url="https://hooks.roost.dev/2", enabled=False)["webhook_id"] is None
    assert len(webhooks_of(desk)) == 1


@pytest.mark.capability("SMS8-61")
def test_setup_shows_account_and_phones_and_four_characters_of_the_key(desk: Desk) -> None:
    answer = desk.client().result("setup_sms8")
    shown = answer["structuredContent"]
    assert shown["account"]["devices"] == 1
    assert [device["name"] for device in shown["devices"]] == ["Pixel"]
    assert shown["config"] == {
        "base_url": "https://roost.example",
        "mcp_url": "https://roost.example/mcp",
        "api_key_masked": f"…{desk.key[-4:]}",
    }
    assert desk.key not in json.dumps(answer)
    assert desk.key[-5:] not in json.dumps(answer)


@pytest.mark.capability("SMS8-61")
def test_without_a_key_setup_tells_how_to_get_one_and_shows_nobodys_phones(desk: Desk) -> None:
    answer = desk.client(version=None, key=None).call("setup_sms8")
    assert answer["success"] is False
    assert "https://roost.example/login" in answer["next_steps"][0]
    assert "Pixel" not in json.dumps(answer)
