"""/services/resend.php: what has ended is sent once more; what may still leave never is."""

from __future__ import annotations

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms8.stage import finish, receive
from tests.sms8_client import Sms8Client

NUMBER = "+14155550101"


@pytest.mark.capability("SMS8-42")
def test_one_message_is_sent_again_as_a_new_one(client: Sms8Client, phone: PhoneDriver) -> None:
    [sent] = client.messages("send", number=NUMBER, message="once more")
    assert client.refusal("resend", id=sent["ID"])[0] == 403, "it may still leave"
    finish(phone, "job.failed")
    [again] = client.messages("resend", id=sent["ID"])
    assert again["ID"] != sent["ID"]
    assert (again["number"], again["message"], again["status"]) == (NUMBER, "once more", "Pending")
    assert [job["text"] for job in finish(phone, "job.sent")] == ["once more"]
    assert client.refusal("resend", id=999_999)[0] == 404


@pytest.mark.capability("SMS8-43")
def test_of_a_group_those_that_failed(client: Sms8Client, phone: PhoneDriver) -> None:
    sent = client.messages("send", number="+14155550101,+14155550102,+14155550103", message="x")
    jobs = [job for _ in range(3) for job in phone.claim()]
    phone.call(*(phone.event("job.sent" if job["to"] == NUMBER else "job.failed", job) for job in jobs))
    group = sent[0]["groupID"]
    again = client.messages("resend", groupId=group, status="Failed")
    assert sorted(message["number"] for message in again) == ["+14155550102", "+14155550103"]
    assert len({message["groupID"] for message in again}) == 1
    assert again[0]["groupID"] != group
    assert len(client.messages("resend", groupId=group)) == 3
    assert client.refusal("resend", groupId="123")[0] == 404


@pytest.mark.capability("SMS8-44")
def test_by_status_in_a_window(tenant: Tenant, client: Sms8Client, phone: PhoneDriver, clock: Clock) -> None:
    tenant.pair()
    client.messages("send", number=NUMBER, message="too old", devices="1|0")
    finish(phone, "job.failed")
    clock.forward(hours=2)
    since = clock.now // 1_000
    client.messages("send", number=NUMBER, message="this one", devices="1|0")
    client.messages("send", number=NUMBER, message="other sim", devices="1|1")
    finish(phone, "job.failed")
    receive(phone, NUMBER, "an answer")
    client.messages("send", number=NUMBER, message="other device", devices="2")
    window = {"startTimestamp": since, "endTimestamp": since + 60}
    again = client.messages("resend", status="Failed", deviceID=1, simSlot=0, **window)
    assert [message["message"] for message in again] == ["this one"]
    assert client.messages("resend", status="Failed", startTimestamp=since + 3_600) == []


def test_nothing_is_sent_again_without_a_choice(client: Sms8Client, phone: PhoneDriver) -> None:
    client.messages("send", number=NUMBER, message="x")
    finish(phone, "job.sent")
    assert client.refusal("resend") == (400, "id: is missing: name an id, a groupId or a status")
    assert client.refusal("resend", deviceID=1)[0] == 400
