"""SMS8's transport: both methods, the key wherever clients put it, one envelope, HTTP 200 for refusals."""

import re

import pytest

from roost.runtime.settings import settings
from tests.roost_fixtures import Tenant

SERVICES = ["send", "read-messages", "resend", "get-devices"]


def test_an_unknown_service_is_404_and_says_so_in_the_envelope(tenant: Tenant) -> None:
    for method in ("GET", "POST"):
        answer = tenant.http.request(method, "/services/sendFront.php")
        assert answer.status_code == 404
        assert answer.json() == {
            "success": False,
            "data": None,
            "error": {"code": 404, "message": "There is no service sendFront.php"},
        }


@pytest.mark.capability("SMS8-03", "SMS8-08")
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fields", [{}, {"key": ""}, {"key": "wrong"}, {"key": "sms8_" + "0" * 36}])
def test_without_a_valid_key_every_service_answers_the_documented_error(
    tenant: Tenant, service: str, fields: dict[str, str]
) -> None:
    answer = tenant.http.post(f"/services/{service}.php", data=fields, headers={"x-api-key": ""})
    assert answer.status_code == 200
    assert answer.json() == {"success": False, "data": None, "error": {"code": 401, "message": "Invalid API key"}}


@pytest.mark.capability("X-01")
def test_the_same_fields_in_the_query_of_a_get_are_answered_alike(tenant: Tenant) -> None:
    phone = tenant.pair()
    client = tenant.sms8()
    answer = client.get("send", number="+14155550101", message="by query", devices="1|1", type="sms", prioritize=1)
    [shown] = answer["data"]["messages"]
    assert (shown["deviceID"], shown["simSlot"]) == ("1", "1")
    [job] = phone.claim()
    assert (job["to"], job["text"]) == ("+14155550101", "by query")
    assert client.get("get-devices")["data"] == client.data("get-devices")


def test_the_key_may_stand_in_a_header_instead(tenant: Tenant) -> None:
    client = tenant.sms8()
    for headers in ({"authorization": f"Bearer {client.key}"}, {"X-Api-Key": client.key}):
        assert client.http.post("/services/send.php", headers=headers).json()["data"] == {"credits": "Unlimited"}


def test_the_key_of_the_form_counts_before_that_of_a_header(tenant: Tenant) -> None:
    client = tenant.sms8()
    headers = {"authorization": f"Bearer {client.key}"}
    answer = client.http.post("/services/send.php", data={"key": "wrong"}, headers=headers)
    assert answer.json()["error"]["code"] == 401


@pytest.mark.capability("SMS8-02")
def test_one_key_opens_every_service_of_its_own_account_only(tenant: Tenant, other_tenant: Tenant) -> None:
    other_tenant.pair()
    foreign = other_tenant.sms8().messages("send", number="+14155550101", message="mine")[0]["ID"]
    client = tenant.sms8()
    for service in SERVICES:
        code = (client.post(service).get("error") or {}).get("code")
        assert code not in (401, 403), service
    assert client.data("get-devices") == {"devices": []}
    for service in ("read-messages", "resend"):
        assert client.refusal(service, id=foreign)[0] == 404


def test_strict_http_repeats_the_code_as_the_status(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tenant.sms8()
    monkeypatch.setenv("SMS8_STRICT_HTTP", "1")
    settings.cache_clear()
    for fields, code in (({"key": "wrong"}, 401), ({"key": client.key, "number": "+1415555"}, 400)):
        answer = client.http.post("/services/send.php", data=fields)
        assert (answer.status_code, answer.json()["error"]["code"]) == (code, code)


def test_a_request_beyond_the_limit_is_413_and_names_the_limit(tenant: Tenant) -> None:
    client = tenant.sms8()
    answer = client.http.post("/services/send.php", data={"key": client.key, "message": "x" * 4_500_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, 413)
    assert "4,500,000 bytes" in answer.json()["error"]["message"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"number=%ff", b"&".join(b"a=1" for _ in range(101))])
def test_a_body_that_is_no_form_is_refused_and_crashes_nothing(tenant: Tenant, content: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "x-api-key": tenant.sms8().key}
    answer = tenant.http.post("/services/read-messages.php", content=content, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == 400


@pytest.mark.capability("SMS8-14")
def test_a_crash_is_code_500_without_a_trace_of_its_cause(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tenant.sms8()
    table = tenant.deps.devices
    monkeypatch.setattr(type(table), "query", lambda *_, **__: 1 / 0)
    code, message = client.refusal("get-devices")
    assert code == 500
    assert re.fullmatch(r"Something broke on our side\. Request id: \w+", message)
