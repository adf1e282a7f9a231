"""/services/send-ussd-request.php and read-ussd-requests.php"""

from __future__ import annotations

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms8_client import Sms8Client


@pytest.mark.capability("SMS8-49")
def test_a_code_runs_on_the_sim_of_the_device(client: Sms8Client, phone: PhoneDriver) -> None:
    request = client.data("send-ussd-request", request="*150#", device=1, sim=1)["request"]
    assert request.keys() == {
        "ID", "request", "response", "deviceID", "simSlot", "userID", "sentDate", "responseDate",
    }  # fmt: skip
    assert (request["request"], request["response"], request["deviceID"], request["simSlot"]) == (
        "*150#",
        None,
        "1",
        "1",
    )
    [job] = phone.claim()
    assert (job["kind"], job["sim"]["slot"]) == ("ussd", 1)


@pytest.mark.capability("SMS8-50")
def test_the_response_is_read_by_id_and_by_filters(client: Sms8Client, phone: PhoneDriver, clock: Clock) -> None:
    request = client.data("send-ussd-request", request="*150#", device=1, sim=0)["request"]
    [job] = phone.claim()
    clock.forward(seconds=5)
    phone.call(phone.event("ussd.result", job, data={"ok": True, "text": "Your balance is 5.00"}))
    [read] = client.data("read-ussd-requests", id=request["ID"])["requests"]
    assert read["response"] == "Your balance is 5.00"
    assert read["responseDate"] == "2077-01-15T08:00:05+00:00"
    now = clock.now // 1_000
    for fields, found in (
        ({"request": "*150#"}, 1), ({"request": "*100#"}, 0), ({"deviceID": 1, "simSlot": 0}, 1), ({"simSlot": 1}, 0),
        ({"startTimestamp": now - 5, "endTimestamp": now - 5}, 1), ({"startTimestamp": now - 4}, 0),
    ):  # fmt: skip
        assert len(client.data("read-ussd-requests", **fields)["requests"]) == found, fields


def test_what_is_wrong_is_named(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    assert client.refusal("send-ussd-request", device=1) == (400, "request: is missing")
    code, text = client.refusal("send-ussd-request", request="hello", device=1)
    assert (code, text.startswith("request:")) == (400, True)
    assert client.refusal("send-ussd-request", request="*150#", device=9)[0] == 404
    assert client.refusal("read-ussd-requests", id=999)[0] == 404
    assert client.refusal("read-ussd-requests", deviceID=9)[0] == 404
    [message] = client.messages("send", number="+14155550101", message="x")
    assert client.refusal("read-ussd-requests", id=message["ID"])[0] == 404


@pytest.mark.capability("SMS8-11")
def test_a_plan_without_mms_or_ussd_answers_403_and_queues_nothing(
    tenant: Tenant, client: Sms8Client, phone: PhoneDriver
) -> None:
    tenant.assign_plan(features=frozenset())
    assert client.refusal("send-ussd-request", request="*150#", device=1)[0] == 403
    picture = {"message": "x", "type": "mms", "attachments": "https://example.com/1.png"}
    assert client.refusal("send", number="+14155550101", **picture)[0] == 403
    assert client.refusal("send", number="+14155550101,+14155550102", **picture)[0] == 403
    assert client.messages("send", number="+14155550101", message="plain text stays")
    assert [job["kind"] for job in phone.claim()] == ["sms"]
