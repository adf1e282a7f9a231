"""Limits and money in the deployed functions: their own policies, the gateway's addresses, the real stream."""

import httpx

from tests.dev.cloud.steps import until
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import TIMEOUT_SECONDS, Tenant

BODY = {"to": "+14155551234", "body": "hi"}


def credits_of(tenant: Tenant) -> int:
    found: int = tenant.http.get("/v1/account").json()["credits"]
    return found


def test_a_message_is_charged_and_its_refund_comes_from_the_stream(deployed: Tenant) -> None:
    deployed.pair()
    deployed.assign_plan(monthly_messages=10)
    deployed.top_up(credits=2)
    headers = {"x-api-key": deployed.key(per_minute=100, per_day=100, spending=1_000_000, addresses=("127.0.0.1",))}
    sent = deployed.http.post("/v1/sms/send", json=BODY, headers={**headers, "idempotency-key": "a"})
    assert sent.status_code == 201, sent.text
    assert sent.headers["ratelimit"].startswith('"minute";r=99')
    assert credits_of(deployed) == 1
    path = f"/v1/messages/{sent.json()['id']}"
    assert deployed.http.get(path, headers=headers).headers["ratelimit"].startswith('"minute";r=98')
    assert deployed.http.post(f"{path}/cancel", headers=headers).json()["status"] == "canceled"
    until(lambda: credits_of(deployed) == 2)
    assert deployed.http.post(f"{path}/resend", headers=headers).status_code == 201
    assert [line["kind"] for line in deployed.http.get("/v1/ledger").json()["data"]] == [
        "charge",
        "refund",
        "charge",
        "top_up",
    ]


def test_a_key_is_rotated_changed_and_revoked(deployed: Tenant) -> None:
    made = deployed.http.post("/v1/keys", json={"name": "x", "scopes": ["messages:read"]}).json()
    path = f"/v1/keys/{made['id']}"
    rotated = deployed.http.post(f"{path}/rotate", json={"overlap_seconds": 60}).json()
    deployed.http.post(f"{path}/rotate").raise_for_status()
    assert deployed.http.patch(path, json={"limits": {"per_minute": 3}}).status_code == 200
    assert deployed.http.delete(path).status_code == 204
    for secret in (made["key"], rotated["key"]):
        assert deployed.http.get("/v1/messages", headers={"x-api-key": secret}).status_code == 401


def test_every_reading_function_counts_the_requests_of_a_limited_key(deployed: Tenant) -> None:
    headers = {"x-api-key": deployed.key(per_minute=10)}
    for left, path in zip((9, 8, 7, 6), ("/v1/messages", "/v1/phones", "/v1/keys", "/v1/account"), strict=True):
        answer = deployed.http.get(path, headers=headers)
        assert answer.status_code == 200, path
        assert answer.headers["ratelimit"].startswith(f'"minute";r={left};t='), path


def test_a_phone_is_refused_by_the_deployed_plan(deployed: Tenant) -> None:
    deployed.assign_plan(phones=1)
    deployed.pair()
    link = deployed.http.post("/v1/pairings", json={}).json()["link"]
    with httpx.Client(base_url=deployed.base_url, timeout=TIMEOUT_SECONDS) as http:
        refused = PhoneDriver(http, deployed.deps.now).pair(link)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "plan_limit_reached")
