"""smsdora's one endpoint, as its clients use it."""

import re

import pytest

from roost.domain.api_keys import Scope
from tests.roost_fixtures import Clock, Tenant

ID = re.compile(r"^[0-9a-f]{24}$")
BODY = {"recipient": "+212600000000", "message": "Your verification code is 4829"}


@pytest.fixture
def key(tenant: Tenant) -> str:
    return tenant.key(Scope.MESSAGES_SEND, key_format="smsgw")


def post(tenant: Tenant, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    answer = tenant.http.post("/messages/send", json=body, headers={"x-api-key": "", **headers})
    return answer.status_code, answer.json()


@pytest.mark.capability("DORA-08", "DORA-09", "DORA-10")
@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_a_key_of_either_header_sends_and_the_job_reaches_the_phone(tenant: Tenant, key: str, header: str) -> None:
    phone = tenant.pair()
    headers = {header: key if header == "x-api-key" else f"Bearer {key}"}
    status, _ = post(tenant, BODY, **headers)
    assert status == 201
    [job] = phone.claim()
    assert (job["to"], job["text"]) == (BODY["recipient"], BODY["message"])


@pytest.mark.capability("DORA-11")
def test_the_success_answer_is_the_documented_one(tenant: Tenant, key: str) -> None:
    tenant.pair("My Samsung S24")
    status, answer = post(tenant, BODY, **{"x-api-key": key})
    data = answer["data"]
    assert isinstance(data, dict)
    assert (status, answer["statusCode"], answer["message"]) == (201, 201, "SMS queued for delivery")
    assert set(answer) == {"statusCode", "message", "data"}
    assert set(data) == {"id", "recipient", "message", "status", "device"}
    assert data["status"] == "dispatching"
    assert data["device"]["deviceName"] == "My Samsung S24"
    assert ID.match(data["id"])
    assert ID.match(data["device"]["id"])


@pytest.mark.capability("DORA-12", "DORA-18", "DORA-20")
@pytest.mark.parametrize(
    "recipient",
    [None, "", "600000000", "00212600000000", "+0600000000", "+1", "+12345678901234567", "+1415555abcd", 14155551234],
)
def test_a_recipient_that_is_no_e164_number_is_refused(tenant: Tenant, key: str, recipient: object) -> None:
    phone = tenant.pair()
    body = {"message": "hi"} if recipient is None else {"recipient": recipient, "message": "hi"}
    status, answer = post(tenant, body, **{"x-api-key": key})
    assert (status, answer["statusCode"], answer["error"]) == (400, 400, "Bad Request")
    assert "recipient" in str(answer["message"])
    assert set(answer) == {"statusCode", "message", "error"}
    assert phone.claim() == []


@pytest.mark.capability("DORA-13", "DORA-18", "DORA-20")
def test_a_message_has_1_to_1600_characters(tenant: Tenant, key: str) -> None:
    tenant.pair()
    outcomes = [
        post(tenant, {"recipient": "+212600000000", "message": text}, **{"x-api-key": key})
        for text in ("", "x" * 1_601, "x" * 1_600, "x")
    ]
    assert [status for status, _ in outcomes] == [400, 400, 201, 201]
    assert all("message" in str(answer["message"]) for _, answer in outcomes[:2])
    assert post(tenant, {"recipient": "+212600000000"}, **{"x-api-key": key})[0] == 400


def test_a_text_no_phone_could_send_is_refused_and_says_how_long_it_is(tenant: Tenant, key: str) -> None:
    tenant.pair()
    status, answer = post(tenant, {"recipient": "+212600000000", "message": "я" * 800}, **{"x-api-key": key})
    assert status == 400
    assert "12 SMS parts" in str(answer["message"])


def test_several_faults_are_one_string(tenant: Tenant, key: str) -> None:
    status, answer = post(tenant, {}, **{"x-api-key": key})
    assert status == 400
    assert isinstance(answer["message"], str)
    assert "recipient" in answer["message"]
    assert "message" in answer["message"]


def test_a_body_that_is_no_json_gets_the_documented_shape(tenant: Tenant, key: str) -> None:
    headers = {"x-api-key": key, "content-type": "application/json"}
    for content in ("{not json", "[]", "null", '"text"', ""):
        answer = tenant.http.post("/messages/send", content=content, headers=headers)
        assert answer.status_code == 400, content
        assert set(answer.json()) == {"statusCode", "message", "error"}


@pytest.mark.capability("DORA-19")
def test_without_an_online_phone_the_literal_refusal_is_answered(tenant: Tenant, key: str, clock: Clock) -> None:
    literal = (400, {"statusCode": 400, "message": "No eligible device available", "error": "Bad Request"})
    assert post(tenant, BODY, **{"x-api-key": key}) == literal
    phone = tenant.pair()
    assert post(tenant, BODY, **{"x-api-key": key})[0] == 201
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False})
    assert post(tenant, BODY, **{"x-api-key": key}) == literal, "disabled"
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": True})
    clock.forward(minutes=20)
    assert post(tenant, BODY, **{"x-api-key": key}) == literal, "silent for 20 minutes"
    phone.call()
    assert post(tenant, BODY, **{"x-api-key": key})[0] == 201


@pytest.mark.capability("DORA-18", "DORA-21", "DORA-23", "DORA-28")
def test_a_bad_key_is_401_and_a_key_without_the_scope_403(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    made = tenant.http.post("/v1/keys", json={"name": "r", "scopes": ["messages:send"], "format": "smsgw"}).json()
    assert post(tenant, BODY, **{"x-api-key": made["key"]})[0] == 201
    tenant.http.delete(f"/v1/keys/{made['id']}")
    expiring = tenant.key(Scope.MESSAGES_SEND, expires_at=clock() + 1_000)
    clock.forward(seconds=1)
    never_made = "smsgw_ab12cd34_" + "0" * 48
    for secret in ("", "garbage", never_made, made["key"], expiring):
        status, answer = post(tenant, BODY, **{"x-api-key": secret})
        assert (status, answer["statusCode"], answer["error"]) == (401, 401, "Unauthorized"), secret[:12]
        assert set(answer) == {"statusCode", "message", "error"}
    status, answer = post(tenant, BODY, **{"x-api-key": tenant.key(Scope.MESSAGES_READ)})
    assert (status, answer["error"]) == (403, "Forbidden")
    assert "messages:send" in str(answer["message"])


@pytest.mark.capability("DORA-22")
def test_a_key_works_until_its_expiry_and_not_a_moment_longer(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    members = {"scopes": ["messages:send"], "format": "smsgw", "expires_at": "2077-01-15T10:00:00+01:00"}
    key = tenant.http.post("/v1/keys", json={"name": "season", **members}).json()["key"]
    clock.forward(minutes=59, seconds=59)
    phone.call()
    assert post(tenant, BODY, **{"x-api-key": key})[0] == 201
    clock.forward(seconds=1)
    assert post(tenant, BODY, **{"x-api-key": key})[0] == 401


@pytest.mark.capability("DORA-18")
def test_a_crash_inside_the_handler_has_the_documented_shape_too(
    tenant: Tenant, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.pair()
    monkeypatch.setattr("roost.usecases.send_message.put_new_message", None)
    status, answer = post(tenant, BODY, **{"x-api-key": key})
    assert (status, set(answer)) == (500, {"statusCode", "message", "error"})
