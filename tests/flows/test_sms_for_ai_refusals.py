"""What SMS for AI refuses, in its own words and shapes, and that a refusal sends and charges nothing."""

from typing import Any

import pytest

from dev.cloud_process import CloudProcess
from roost.domain.api_keys import Scope
from roost.domain.key_limits import KeyLimits
from roost.usecases.manage_keys import change_key
from tests.roost_fixtures import Clock, Tenant
from tests.sms_for_ai_client import ALL, US, Client, top_up


@pytest.fixture
def client(tenant: Tenant) -> Client:
    return Client(tenant)


@pytest.mark.capability("SFA-07", "SFA-08", "SFA-09", "SFA-19")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"body": "hi"}, {"to"}),
        ({"to": "12345", "body": "hi"}, {"to"}),
        ({"to": "abc", "body": "hi"}, {"to"}),
        ({"to": 12025551234, "body": "hi"}, {"to"}),
        ({"to": US}, {"body"}),
        ({"to": US, "body": ""}, {"body"}),
        ({"to": US, "body": "x" * 1_601}, {"body"}),
        ({"to": US, "body": "hi", "sender_id": "My App!"}, {"sender_id"}),
        ({"to": US, "body": "hi", "sender_id": "TwelveLetter"}, {"sender_id"}),
        ({}, {"to", "body"}),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nothing_is_sent(
    tenant: Tenant, client: Client, body: dict[str, Any], fields: set[str]
) -> None:
    phone = tenant.pair()
    answer = client.http.post("/api/v1/sms/send", json=body, headers=client.headers)
    refusal = answer.json()
    assert (answer.status_code, set(refusal["errors"])) == (422, fields)
    assert all(isinstance(sentence, str) for sentences in refusal["errors"].values() for sentence in sentences)
    assert refusal["message"].startswith(next(iter(refusal["errors"].values()))[0])
    assert phone.claim() == []


@pytest.mark.capability("SFA-07", "SFA-19")
def test_a_missing_field_is_told_in_laravels_words(client: Client) -> None:
    answer = client.http.post("/api/v1/sms/send", json={"body": "hi"}, headers=client.headers)
    assert answer.json() == {
        "message": "The to field is required.",
        "error": "invalid_request",
        "errors": {"to": ["The to field is required."]},
    }


@pytest.mark.capability("SFA-19")
@pytest.mark.parametrize("content", ["{not json", "[]", "null", '"text"', ""])
def test_a_body_that_is_no_json_object_is_a_validation_error(client: Client, content: str) -> None:
    headers = {**client.headers, "content-type": "application/json"}
    answer = client.http.post("/api/v1/sms/send", content=content, headers=headers)
    assert answer.status_code == 422
    assert set(answer.json()) == {"message", "error", "errors"}


@pytest.mark.capability("SFA-15")
def test_without_a_valid_token_nothing_is_answered(tenant: Tenant, client: Client) -> None:
    tenant.http.delete(f"/v1/keys/{client.key.id}")
    for authorization in ("", "Bearer smsai_nonsense", f"Bearer {client.token}"):
        for path in ("/me", "/balance", "/countries", "/sms", "/sms/1"):
            answer = tenant.http.get(f"/api/v1{path}", headers={"x-api-key": "", "authorization": authorization})
            assert (answer.status_code, answer.json()["message"]) == (401, "Unauthenticated."), path


@pytest.mark.capability("SFA-10", "SFA-29")
def test_each_permission_opens_its_own_routes(tenant: Tenant) -> None:
    tenant.pair()
    allowed = {
        scope: [
            Client(tenant, frozenset({scope})).send().status_code,
            Client(tenant, frozenset({scope})).get("/sms").status_code,
            Client(tenant, frozenset({scope})).get("/balance").status_code,
            Client(tenant, frozenset({scope})).get("/me").status_code,
            Client(tenant, frozenset({scope})).get("/countries").status_code,
        ]
        for scope in sorted(ALL)
    }
    assert allowed == {
        Scope.MESSAGES_SEND: [200, 403, 403, 200, 200],
        Scope.MESSAGES_READ: [403, 200, 403, 200, 200],
        Scope.ACCOUNT_READ: [403, 403, 200, 200, 200],
    }


@pytest.mark.capability("SFA-16", "SFA-29")
def test_a_token_with_an_address_list_is_refused_from_elsewhere(tenant: Tenant) -> None:
    tenant.pair()
    client = Client(tenant, limits=KeyLimits(addresses=("10.0.0.1",)))
    assert client.send().status_code == client.get("/me").status_code == 403
    change_key(tenant.deps, tenant.account.id, client.key.id, lambda limits: KeyLimits())
    assert client.send().status_code == 200


@pytest.mark.capability("SFA-17", "SFA-29")
def test_a_spending_limit_refuses_what_goes_beyond_it_and_charges_nothing(tenant: Tenant) -> None:
    tenant.pair()
    top_up(tenant, 1_000_000)
    client = Client(tenant, limits=KeyLimits(spending=20_000))
    assert [client.send().status_code for _ in range(3)] == [200, 200, 403]
    assert client.balance() == 0.98
    assert client.get("/sms").json()["meta"]["total"] == 2


@pytest.mark.capability("SFA-18")
def test_too_few_credits_send_nothing_and_take_nothing(tenant: Tenant, client: Client) -> None:
    phone = tenant.pair()
    top_up(tenant, 5_000)
    answer = client.send()
    assert (answer.status_code, answer.json()["error"]) == (402, "insufficient_credits")
    assert client.balance() == 0.005
    assert phone.claim() == []


@pytest.mark.capability("SFA-20", "SFA-29")
def test_a_limit_per_minute_says_when_to_try_again(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    client = Client(tenant, limits=KeyLimits(per_minute=2))
    first = client.send()
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("2", "1")
    clock.forward(seconds=10)
    assert client.get("/me").headers["x-ratelimit-remaining"] == "0"
    refused = client.send()
    assert (refused.status_code, refused.json()["error"]) == (429, "rate_limited")
    assert refused.headers["x-ratelimit-limit"] == "2"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert int(refused.headers["retry-after"]) == 50
    clock.forward(seconds=int(refused.headers["retry-after"]))
    assert client.send().status_code == 200


@pytest.mark.capability("SFA-21", "SFA-29")
def test_a_limit_per_day_ends_with_the_day(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    client = Client(tenant, limits=KeyLimits(per_day=3))
    assert [client.send().status_code for _ in range(4)] == [200, 200, 200, 429]
    clock.forward(hours=24)
    phone.call()
    assert client.send().status_code == 200


@pytest.mark.capability("SFA-22", "SFA-23")
def test_without_a_phone_the_gateway_has_failed_and_nothing_is_charged(
    tenant: Tenant, client: Client, clock: Clock
) -> None:
    top_up(tenant, 1_000_000)
    assert client.send().status_code == 500
    tenant.pair()
    clock.forward(minutes=20)
    answer = client.send()
    assert (answer.status_code, answer.json()["error"]) == (500, "no_eligible_phone")
    assert client.balance() == 1
    assert client.get("/sms").json()["meta"]["total"] == 0


@pytest.mark.capability("SFA-22")
def test_a_crash_has_the_documented_shape_and_charges_nothing(
    tenant: Tenant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.pair()
    top_up(tenant, 1_000_000)
    monkeypatch.setattr("roost.usecases.send_message.commit", None)
    answer = client.send()
    assert (answer.status_code, set(answer.json())) == (500, {"message", "error"})
    assert client.balance() == 1


@pytest.mark.capability("SFA-30")
def test_who_answers_stop_is_sent_nothing_more(tenant: Tenant, client: Client, cloud: CloudProcess) -> None:
    """The first was withdrawn and is paid back, by the stream; the confirmation is charged."""
    phone = tenant.pair()
    top_up(tenant, 1_000_000)
    assert client.send(body="Reply STOP to opt out.").status_code == 200
    phone.call(phone.event("sms.received", data={"from": US, "text": "Stop", "sim_id": "sim_a"}))
    refused = client.send()
    assert (refused.status_code, refused.json()["error"]) == (403, "recipient_opted_out")
    cloud.drain()
    assert client.balance() == 0.99
