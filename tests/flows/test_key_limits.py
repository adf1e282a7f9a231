"""The limits of a key, through the API: how often, how many, from where, for how much."""

from dataclasses import replace

import pytest

from roost.domain.api_keys import Scope
from roost.domain.errors import SpendingLimitReached
from roost.domain.money import Price
from roost.domain.senders import Sender
from roost.usecases.manage_keys import change_key, rotate_key
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission
from tests.roost_fixtures import Clock, Tenant

BODY = {"recipient": "+212600000000", "message": "Your verification code is 4829"}


def smsdora(tenant: Tenant, key: str) -> tuple[int, dict[str, object]]:
    answer = tenant.http.post("/messages/send", json=BODY, headers={"x-api-key": key})
    return answer.status_code, answer.json()


@pytest.mark.capability("DORA-25", "DORA-26")
def test_a_minute_rolls_and_smsdora_says_403(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    key = tenant.key(Scope.MESSAGES_SEND, key_format="smsgw", per_minute=2)
    start = clock.now
    outcomes = []
    for second in (0, 50, 59, 61, 62):
        clock.now = start + second * 1_000
        outcomes.append(smsdora(tenant, key)[0])
    assert outcomes == [201, 201, 403, 201, 403]
    refusal = {"statusCode": 403, "message": "Rate limit exceeded", "error": "Forbidden"}
    assert smsdora(tenant, key) == (403, refusal)


@pytest.mark.capability("DORA-27")
def test_a_key_without_a_limit_has_none(tenant: Tenant) -> None:
    tenant.pair()
    key = tenant.key(Scope.MESSAGES_SEND, key_format="smsgw")
    assert {smsdora(tenant, key)[0] for _ in range(200)} == {201}


def test_a_limited_key_is_told_what_is_left_and_when_to_come_back(tenant: Tenant, clock: Clock) -> None:
    headers = {"x-api-key": tenant.key(Scope.MESSAGES_READ, per_minute=2, per_day=10)}
    first = tenant.http.get("/v1/messages", headers=headers)
    assert first.headers["ratelimit-policy"] == '"minute";q=2;w=60, "day";q=10;w=86400'
    assert first.headers["ratelimit"] == '"minute";r=1;t=60, "day";r=9;t=57600'
    clock.forward(seconds=20)
    assert tenant.http.get("/v1/messages", headers=headers).status_code == 200
    clock.forward(seconds=10)
    refused = tenant.http.get("/v1/messages", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "30"
    assert refused.headers["ratelimit"] == '"minute";r=0;t=30, "day";r=8;t=57570'
    clock.forward(seconds=30)
    assert tenant.http.get("/v1/messages", headers=headers).status_code == 200
    unlimited = tenant.http.get("/v1/messages")
    assert "ratelimit" not in unlimited.headers


def test_a_send_is_told_too_and_reads_and_sends_share_the_limit(tenant: Tenant) -> None:
    tenant.pair()
    headers = {"x-api-key": tenant.key(per_minute=3)}
    body = {"to": "+14155551234", "body": "hi"}
    sent = tenant.http.post("/v1/sms/send", json=body, headers=headers)
    assert sent.headers["ratelimit"] == '"minute";r=2;t=60'
    assert tenant.http.get("/v1/messages", headers=headers).headers["ratelimit"] == '"minute";r=1;t=60'
    assert tenant.http.get("/v1/phones", headers=headers).status_code == 200
    refused = tenant.http.post("/v1/sms/send", json=body, headers=headers)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")


def test_a_day_ends_at_midnight_utc(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    key = tenant.key(Scope.MESSAGES_SEND, key_format="smsgw", per_day=3)
    assert [smsdora(tenant, key)[0] for _ in range(4)] == [201, 201, 201, 403]
    clock.forward(hours=15, minutes=59, seconds=59)
    phone.call()
    assert smsdora(tenant, key)[0] == 403
    clock.forward(seconds=1)
    assert [smsdora(tenant, key)[0] for _ in range(4)] == [201, 201, 201, 403]


def test_a_refused_request_counts_nowhere(tenant: Tenant) -> None:
    headers = {"x-api-key": tenant.key(per_minute=1, per_day=1)}
    wrong = [
        {"to": "nonsense", "body": "hi"},
        {"to": "+14155551234", "body": ""},
        {"to": "+14155551234", "body": "hi"},
        {"to": "+14155551234", "body": "hi", "phone_id": "phn_7"},
    ]
    refusals = [tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code for body in wrong]
    assert refusals == [422, 422, 409, 404]
    tenant.pair()
    body = {"to": "+14155551234", "body": "hi"}
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 201
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 429
    assert len(tenant.http.get("/v1/messages").json()["data"]) == 1


def test_a_repeated_request_counts_once(tenant: Tenant) -> None:
    tenant.pair()
    headers = {"x-api-key": tenant.key(per_minute=2, per_day=2), "idempotency-key": "order-1"}
    body = {"to": "+14155551234", "body": "hi"}
    answers = [tenant.http.post("/v1/sms/send", json=body, headers=headers) for _ in range(5)]
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    headers["idempotency-key"] = "order-2"
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 201
    headers["idempotency-key"] = "order-3"
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 429


def test_a_key_is_good_only_from_its_addresses(tenant: Tenant) -> None:
    # The transport of the tests calls from 203.0.113.7.
    for addresses, status in (
        (("203.0.113.7",), 200),
        (("203.0.113.0/24", "2001:db8::/32"), 200),
        (("10.0.0.0/8",), 403),
        ((), 200),
    ):
        headers = {"x-api-key": tenant.key(addresses=addresses), "x-forwarded-for": "10.0.0.1"}
        answer = tenant.http.get("/v1/messages", headers=headers)
        assert answer.status_code == status, addresses
    refused = tenant.http.get("/v1/messages", headers={"x-api-key": tenant.key(addresses=("10.0.0.1",))})
    assert refused.json()["code"] == "address_not_allowed"


def test_a_spending_limit_holds_whatever_the_account_has(tenant: Tenant) -> None:
    tenant.pair()
    sender = Sender(tenant.account.id, tenant.new_key(spending=20_000))
    cent = Submission("+14155551234", "hi", price=Price(1, 10_000))
    send_message(tenant.deps, sender, cent)
    send_message(tenant.deps, sender, cent)
    with pytest.raises(SpendingLimitReached, match=r"0\.000000 USD more"):
        send_message(tenant.deps, sender, cent)
    assert len(tenant.http.get("/v1/messages").json()["data"]) == 2


def test_a_key_that_has_spent_all_of_its_limit_may_still_read(tenant: Tenant) -> None:
    tenant.pair()
    api_key = tenant.new_key(spending=20_000)
    send_message(
        tenant.deps, Sender(tenant.account.id, api_key), Submission("+14155551234", "hi", price=Price(1, 20_000))
    )
    change_key(tenant.deps, tenant.account.id, api_key.id, lambda limits: replace(limits, spending=10_000))
    lowered = rotate_key(tenant.deps, tenant.account.id, api_key.id).secret
    assert tenant.http.get("/v1/messages", headers={"x-api-key": lowered}).status_code == 200
