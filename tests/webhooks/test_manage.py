"""/v1/webhooks: what may be registered, what is refused and how, and that a secret is shown once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from roost.domain.webhooks import MOST_ENDPOINTS, EventType
from roost.outbound.webhook_http import WebhookHttp
from roost.web import receivers
from tests.roost_fixtures import Clock, Tenant

BODY: dict[str, Any] = {"url": "https://hooks.roost.dev/in", "events": ["message.received"]}
RESOLVES = {"hooks.roost.dev": ["93.184.215.14"], "rebind.roost.dev": ["93.184.215.14", "10.0.0.5"]}


@pytest.fixture(autouse=True)
def public_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cloud's own rules, with names that resolve as the test says."""
    http = WebhookHttp(resolver=lambda host, *_: RESOLVES.get(host, []))
    monkeypatch.setattr(receivers, "webhook_http", lambda: http)


def created(tenant: Tenant, **members: object) -> dict[str, Any]:
    answer = tenant.http.post("/v1/webhooks", json=BODY | members)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_webhook_is_created_shown_changed_and_deleted(tenant: Tenant, clock: Clock) -> None:
    made = created(tenant, description="CRM", events=["message.received", "message.failed"])
    url = f"/v1/webhooks/{made['id']}"
    shown = tenant.http.get(url).json()
    assert {**shown, "secret": made["secret"]} == made
    assert (shown["status"], shown["enabled"], shown["notice"]) == ("ok", True, None)
    changed = tenant.http.patch(url, json={"events": ["webhook.test"], "description": "", "enabled": False}).json()
    assert (changed["events"], changed["description"], changed["status"]) == (["webhook.test"], "", "disabled")
    assert changed["notice"].startswith("Disabled at 2077-01-15T08:00:00.000Z by its owner")
    assert tenant.http.patch(url, json={"enabled": True}).json()["status"] == "ok"
    assert [entry["id"] for entry in tenant.http.get("/v1/webhooks").json()["data"]] == [made["id"]]
    assert tenant.http.delete(url).status_code == 204
    assert tenant.http.get(url).status_code == 404
    assert tenant.http.delete(url).status_code == 404


def test_a_secret_is_shown_when_it_is_made_and_never_again(tenant: Tenant, clock: Clock) -> None:
    made = created(tenant)
    url = f"/v1/webhooks/{made['id']}"
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{32}", made["secret"])
    rotated = tenant.http.post(f"{url}/rotate").json()
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"] == "2077-01-16T08:00:00.000Z"
    everything = [
        tenant.http.get(url),
        tenant.http.get("/v1/webhooks"),
        tenant.http.patch(url, json={"description": "x"}),
        tenant.http.get(f"{url}/deliveries"),
        tenant.http.post(f"{url}/test"),
    ]
    for answer in everything:
        assert answer.is_success
        for secret in (made["secret"], rotated["secret"]):
            assert secret not in answer.text
    clock.forward(hours=24)
    assert tenant.http.get(url).json()["previous_secret_until"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://hooks.roost.dev/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://10.1.2.3/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://user:pass@hooks.roost.dev/"}, "url"),
        ({"url": "https://rebind.roost.dev/"}, "url"),
        ({"url": "https://unknown.roost.dev/"}, "url"),
        ({"url": "https://hooks.roost.dev/" + "a" * 2_048}, "url"),
        ({"url": None}, "url"),
        ({"events": []}, "events"),
        ({"events": ["message.exploded"]}, "events.0"),
        ({"events": "message.sent"}, "events"),
        ({"events": ["message.sent"], "format": "sms8-classic"}, "events"),
        ({"events": ["phone.connected"], "format": "sms8-json"}, "events"),
        ({"format": "xml"}, "format"),
        ({"description": "x" * 201}, "description"),
        ({"secret": "whsec_short"}, "secret"),
        ({"secret": "whsec_" + "A" * 33}, "secret"),
        ({"secret": "with a space, and long", "format": "8ms"}, "secret"),
        ({"retries": 3}, "retries"),
    ],
    ids=str,
)
def test_what_is_wrong_names_its_field_and_makes_no_webhook(
    tenant: Tenant, change: dict[str, object], field: str
) -> None:
    answer = tenant.http.post("/v1/webhooks", json=BODY | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert not re.search(r"93\.184|10\.0\.0", answer.text), "which address it was is not said"
    assert tenant.http.get("/v1/webhooks").json()["data"] == []


def test_a_changed_url_is_checked_like_a_new_one(tenant: Tenant) -> None:
    made = created(tenant)
    answer = tenant.http.patch(f"/v1/webhooks/{made['id']}", json={"url": "https://rebind.roost.dev/"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "url")
    assert tenant.http.get(f"/v1/webhooks/{made['id']}").json()["url"] == made["url"]


def test_too_many_webhooks_are_refused(tenant: Tenant) -> None:
    for _ in range(MOST_ENDPOINTS):
        created(tenant)
    answer = tenant.http.post("/v1/webhooks", json=BODY)
    assert answer.status_code == 422
    assert str(MOST_ENDPOINTS) in answer.json()["detail"]


def test_a_disabled_webhook_refuses_what_would_never_arrive(tenant: Tenant) -> None:
    made = created(tenant)
    url = f"/v1/webhooks/{made['id']}"
    tenant.http.patch(url, json={"enabled": False})
    for answer in (
        tenant.http.post(f"{url}/test"),
        tenant.http.post(f"{url}/replay", json={"since": "2077-01-15T07:00:00Z"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "endpoint_disabled")


@pytest.mark.parametrize("since", ["2076-12-01T00:00:00Z", "2077-01-15T08:00:01Z", "2077-01-15T07:00:00", "yesterday"])
def test_a_replay_goes_back_a_month_at_most(tenant: Tenant, since: str) -> None:
    made = created(tenant)
    answer = tenant.http.post(f"/v1/webhooks/{made['id']}/replay", json={"since": since})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


@pytest.mark.parametrize("delivery", ["dlv_1", "dlv_1795165443120_0badcafe0000_0", "x#y", "dlv_" + "9" * 40])
def test_an_unknown_delivery_is_not_found(tenant: Tenant, delivery: str) -> None:
    made = created(tenant)
    assert tenant.http.post(f"/v1/webhooks/{made['id']}/deliveries/{delivery}/resend").status_code == 404
    assert tenant.http.get(f"/v1/webhooks/{made['id']}/deliveries", params={"cursor": "nonsense"}).status_code == 404


def test_another_account_can_do_nothing_to_a_webhook(tenant: Tenant, other_tenant: Tenant) -> None:
    made = created(tenant)
    url = f"/v1/webhooks/{made['id']}"
    calls = [
        ("GET", url, None), ("PATCH", url, {"enabled": False}), ("DELETE", url, None), ("POST", f"{url}/rotate", None),
        ("POST", f"{url}/test", None), ("POST", f"{url}/replay", {"since": "2077-01-15T07:00:00Z"}),
        ("GET", f"{url}/deliveries", None), ("POST", f"{url}/deliveries/dlv_1795165443120_0badcafe0000_0/resend", None),
    ]  # fmt: skip
    for method, path, body in calls:
        assert other_tenant.http.request(method, path, json=body).status_code == 404, path
    assert other_tenant.http.get("/v1/webhooks").json()["data"] == []
    assert tenant.http.get(url).json()["enabled"] is True


def test_each_event_s_schema_is_published(tenant: Tenant) -> None:
    document = json.loads(tenant.http.get("/v1/openapi.json").text)
    assert document["webhooks"].keys() == {event.value for event in EventType}
    body = document["webhooks"]["message.received"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["data"]["$ref"] == "#/components/schemas/MessageData"
    assert "MessageData" in document["components"]["schemas"]
