"""/services/send.php: every way to name recipients and texts, and everything that is refused whole."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from roost.domain.instants import minute_of
from tests.in_role import release_minute
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms8.stage import a_list
from tests.sms8_client import Sms8Client

DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
NUMBER = "+14155550101"
DOCUMENTED = {
    "ID", "number", "message", "deviceID", "simSlot", "status", "type", "sentDate", "deliveredDate", "groupID",
}  # fmt: skip
THREE = "+14155550101,+14155550102,+14155550103"


def jobs_of(*phones: PhoneDriver) -> list[dict[str, Any]]:
    """All that waits for these phones, taken and accepted."""
    taken: list[dict[str, Any]] = []
    for phone in phones:
        while jobs := phone.claim():
            phone.call(phone.accept(*jobs))
            phone.call(*(phone.event("job.sent", job) for job in jobs))
            taken += jobs
    return taken


@pytest.mark.capability("SMS8-06")
def test_without_a_device_the_primary_one_sends(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    second = tenant.pair()
    tenant.http.patch(f"/v1/phones/{second.device_id}", json={"primary": True}).raise_for_status()
    [message] = client.messages("send", number=NUMBER, message="Hello from SMS8")
    assert message["deviceID"] == "2"
    assert [(job["to"], job["text"]) for job in jobs_of(second)] == [(NUMBER, "Hello from SMS8")]
    assert jobs_of(phone) == []


@pytest.mark.capability("SMS8-07", "SMS8-15", "SMS8-28")
def test_the_answer_shows_the_documented_message(client: Sms8Client, phone: PhoneDriver) -> None:
    [message] = client.messages("send", number=NUMBER, message="hi")
    assert message.keys() >= DOCUMENTED
    assert all(isinstance(message[name], str) for name in ("ID", "deviceID", "simSlot", "groupID"))
    shown = {name: message[name] for name in ("number", "message", "deviceID", "simSlot", "status", "type")}
    assert shown == {
        "number": NUMBER, "message": "hi", "deviceID": "1", "simSlot": "0", "status": "Pending", "type": "sms",
    }  # fmt: skip
    assert DATE.match(message["sentDate"])
    assert message["deliveredDate"] is None
    assert (message["attachments"], message["schedule"], message["retries"], message["errorCode"]) == (None,) * 4


@pytest.mark.capability("SMS8-16", "SMS8-33")
def test_a_blast_sends_one_text_to_each_number_as_one_group(client: Sms8Client, phone: PhoneDriver) -> None:
    messages = client.messages("send", number=THREE, message="hi all")
    assert [message["number"] for message in messages] == THREE.split(",")
    assert len({message["groupID"] for message in messages}) == 1
    assert client.messages("send", number=NUMBER, message="x")[0]["groupID"] != messages[0]["groupID"]
    assert sorted(job["text"] for job in jobs_of(phone)) == ["hi all"] * 3 + ["x"]


@pytest.mark.capability("SMS8-17")
def test_a_batch_sends_each_its_own_text_in_order(client: Sms8Client, phone: PhoneDriver) -> None:
    items = [{"number": f"+1415555010{n}", "message": f"hi {n}"} for n in (1, 2)]
    messages = client.messages("send", messages=json.dumps(items))
    assert [(m["number"], m["message"]) for m in messages] == [("+14155550101", "hi 1"), ("+14155550102", "hi 2")]
    assert messages[0]["groupID"] == messages[1]["groupID"]
    assert [(job["to"], job["text"]) for job in jobs_of(phone)] == [("+14155550101", "hi 1"), ("+14155550102", "hi 2")]


@pytest.mark.capability("SMS8-18", "SMS8-29")
def test_items_of_a_batch_may_be_mms(client: Sms8Client, phone: PhoneDriver) -> None:
    links = "https://example.com/1.png,https://example.com/2.png"
    items = [
        {"number": "+14155550101", "message": "look", "type": "mms", "attachments": links},
        {"number": "+14155550102", "message": "plain", "type": None, "attachments": None},
    ]
    messages = client.messages("send", messages=json.dumps(items))
    assert [(message["type"], message["attachments"]) for message in messages] == [("mms", links), ("sms", None)]
    picture, plain = jobs_of(phone)
    assert (picture["kind"], plain["kind"]) == ("mms", "sms")
    assert all(link in json.dumps(picture) for link in links.split(","))


@pytest.mark.capability("SMS8-29")
def test_an_mms_carries_its_links_and_a_text_message_carries_none(client: Sms8Client, phone: PhoneDriver) -> None:
    links = "https://example.com/a.png,https://example.com/b.png"
    [message] = client.messages("send", number=NUMBER, message="x", type="mms", attachments=links)
    assert (message["type"], message["attachments"]) == ("mms", links)
    assert "attachments" in client.refusal("send", number=NUMBER, message="x", type="sms", attachments=links)[1]
    assert client.refusal("send", number=NUMBER, message="x", type="mms")[0] == 400
    assert client.refusal("send", number=NUMBER, message="x", type="mms", attachments="http://10.0.0.1/a.png")[0] == 400
    assert len(jobs_of(phone)) == 1


@pytest.mark.capability("SMS8-19")
def test_a_list_send_reaches_its_subscribers_only(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    list_id = a_list(tenant, client, *THREE.split(","), "+14155550104")
    client.data("manage-contacts", listID=list_id, number="+14155550104", unsubscribe=1)
    messages = client.messages("send", listID=list_id, message="Sale ends tonight")
    assert sorted(message["number"] for message in messages) == THREE.split(",")
    assert len(jobs_of(phone)) == 3


@pytest.mark.capability("SMS8-27")
def test_a_prioritized_message_goes_before_what_waits(client: Sms8Client, phone: PhoneDriver) -> None:
    client.messages("send", number=",".join(f"+1415555020{n}" for n in range(5)), message="slow")
    client.messages("send", number=NUMBER, message="code", prioritize=1)
    assert jobs_of(phone)[0]["text"] == "code"


@pytest.mark.capability("SMS8-30", "SMS8-31", "SMS8-32")
@pytest.mark.parametrize(
    "fields",
    [
        {"number": NUMBER, "message": "later"},
        {"number": THREE, "message": "later"},
        {"messages": json.dumps([{"number": n, "message": "later"} for n in THREE.split(",")])},
    ],
    ids=["one", "blast", "batch"],
)
def test_a_scheduled_send_leaves_at_its_time(
    tenant: Tenant, client: Sms8Client, phone: PhoneDriver, clock: Clock, fields: dict[str, str]
) -> None:
    at = clock.now // 1_000 + 600
    messages = client.messages("send", schedule=at, **fields)
    assert {message["status"] for message in messages} == {"Pending"}
    assert all(DATE.match(message["schedule"]) for message in messages)
    assert jobs_of(phone) == []
    clock.forward(minutes=10)
    release_minute(tenant.deps, tenant.account.id, minute_of(at * 1_000))
    assert len(jobs_of(phone)) == len(messages)


@pytest.mark.capability("SMS8-34")
def test_the_key_alone_reads_the_balance(tenant: Tenant, client: Sms8Client) -> None:
    assert client.data("send") == {"credits": "Unlimited"}
    tenant.top_up(credits=7)
    assert client.data("send") == {"credits": 7}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"number": NUMBER}, "message"),
    ({"message": "hi"}, "number"),
    ({"number": NUMBER, "message": ""}, "message"),
    ({"messages": "[{"}, "messages"),
    ({"messages": "{}"}, "messages"),
    ({"messages": "[]"}, "messages"),
    ({"messages": '[{"number":"+14155550101","message":"a"},{"number":"12","message":"b"}]'}, "messages.1.number"),
    ({"messages": '[{"number":"+14155550101","message":"a"},{"message":"b"}]'}, "messages.1.number"),
    ({"messages": '[{"number":"+14155550101","message":"a"},{"number":"+14155550102","message":""}]'}, "messages.1"),
    ({"messages": '[{"number":"+14155550101","message":"a","type":"fax"}]'}, "messages.0.type"),
    ({"number": NUMBER, "message": "x", "schedule": "abc"}, "schedule"),
    ({"number": NUMBER, "message": "x", "schedule": "-1"}, "schedule"),
    ({"number": NUMBER, "message": "x", "schedule": "1000000000"}, "schedule"),
    ({"number": NUMBER, "message": "x", "schedule": "99999999999999"}, "schedule"),
    ({"number": NUMBER, "message": "x", "devices": "xx"}, "devices: Invalid request format."),
    ({"number": NUMBER, "message": "x", "devices": "dev_1"}, "devices: Invalid request format."),
    ({"number": NUMBER, "message": "x", "devices": "1|7"}, "devices"),
    ({"number": NUMBER, "message": "x", "devices": '["1",null]'}, "devices"),
    ({"number": NUMBER, "message": "x", "option": "3"}, "option"),
    ({"number": NUMBER, "message": "x", "prioritize": "maybe"}, "prioritize"),
    ({"number": NUMBER, "message": "x", "useRandomDevice": "2"}, "useRandomDevice"),
    ({"number": NUMBER, "message": "x", "type": "fax"}, "type"),
    ({"number": NUMBER, "message": "x" * 1_601}, "message"),
    ({"number": "0600000000", "message": "x"}, "number"),
    ({"number": "+14155550101,12", "message": "x"}, "number 1 of 2"),
    ({"listID": "x", "message": "x"}, "listID"),
    ({"number": NUMBER, "messages": "[]", "message": "x"}, "messages"),
]


@pytest.mark.capability("SMS8-09")
def test_a_malformed_parameter_is_400_by_its_name_and_nothing_is_queued_or_charged(
    tenant: Tenant, client: Sms8Client, phone: PhoneDriver
) -> None:
    tenant.top_up(credits=5)
    for fields, name in BAD:
        code, text = client.refusal("send", **fields)
        assert (code, name in text) == (400, True), (fields, text)
    assert client.data("send") == {"credits": 5}
    assert client.messages("read-messages") == []
    assert jobs_of(phone) == []


@pytest.mark.capability("SMS8-12")
def test_an_unknown_device_or_list_is_404(client: Sms8Client, phone: PhoneDriver) -> None:
    assert client.refusal("send", number=NUMBER, message="x", devices=9)[0] == 404
    assert client.refusal("send", number=THREE, message="x", devices="[1,9]")[0] == 404
    assert client.refusal("send", listID=99, message="x")[0] == 404
    assert client.messages("read-messages") == []


def test_an_account_without_a_device_is_404_and_a_disabled_device_403(tenant: Tenant, client: Sms8Client) -> None:
    assert client.refusal("send", number=NUMBER, message="x")[0] == 404
    phone = tenant.pair()
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False}).raise_for_status()
    assert client.refusal("send", number=NUMBER, message="x", devices=1)[0] == 403
