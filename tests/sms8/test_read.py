"""/services/read-messages.php: by id, by group, by filters that combine, in windows that include their ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roost.dialects.sms8 import message_list
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms8.stage import finish, one_sent, receive
from tests.sms8_client import Sms8Client

NUMBER = "+14155550101"


def ids(client: Sms8Client, **fields: Any) -> list[str]:
    return [message["ID"] for message in client.messages("read-messages", **fields)]


@pytest.mark.capability("SMS8-35", "SMS8-12")
def test_one_message_by_its_id(tenant: Tenant, other_tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    [sent] = client.messages("send", number=NUMBER, message="x")
    assert client.messages("read-messages", id=sent["ID"]) == [sent]
    assert client.refusal("read-messages", id=999_999)[0] == 404
    assert other_tenant.sms8().refusal("read-messages", id=sent["ID"])[0] == 404
    assert client.refusal("read-messages", id="abc")[0] == 400


@pytest.mark.capability("SMS8-36")
def test_a_group_is_exactly_what_one_request_sent(client: Sms8Client, phone: PhoneDriver) -> None:
    other = client.messages("send", number=NUMBER, message="x")
    sent = client.messages("send", number="+14155550101,+14155550102,+14155550103", message="y")
    assert ids(client, groupId=sent[0]["groupID"]) == [message["ID"] for message in sent]
    assert ids(client, groupId=other[0]["groupID"]) == [other[0]["ID"]]
    finish(phone, "job.sent")
    assert ids(client, groupId=sent[0]["groupID"], status="Sent") == [message["ID"] for message in sent]
    assert ids(client, groupId=sent[0]["groupID"], status="Failed") == []
    for unknown in ("12", f"0{sent[0]['groupID']}", ")V5LxqyBMEbQrl9*J$5bb4c03e8a07b7.62193871", sent[1]["ID"]):
        assert client.refusal("read-messages", groupId=unknown)[0] == 404


@pytest.mark.capability("SMS8-37")
def test_each_status_selects_its_own(client: Sms8Client, phone: PhoneDriver) -> None:
    found: dict[str, str] = {}
    for status, outcome in (("Sent", "job.sent"), ("Delivered", "job.delivered"), ("Failed", "job.failed")):
        [message] = client.messages("send", number=NUMBER, message="x")
        finish(phone, outcome)
        found[status] = message["ID"]
    [message] = client.messages("send", number=NUMBER, message="x")
    found["Pending"] = message["ID"]
    receive(phone, "+14155550199", "hello")
    [received] = client.messages("read-messages", status="Received")
    assert (received["number"], received["message"], received["groupID"]) == ("+14155550199", "hello", None)
    for status, message_id in found.items():
        [message] = client.messages("read-messages", status=status)
        assert (message["ID"], message["status"]) == (message_id, status)
    assert client.refusal("read-messages", status="Gone")[0] == 400


def test_a_message_of_unknown_outcome_is_neither_sent_nor_failed(client: Sms8Client, phone: PhoneDriver) -> None:
    client.messages("send", number=NUMBER, message="x")
    finish(phone, "job.unknown")
    assert [len(ids(client, status=status)) for status in ("Unknown", "Failed", "Sent", "Pending")] == [1, 0, 0, 0]


@pytest.mark.capability("SMS8-38", "SMS8-39")
def test_device_and_sim_filter(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    tenant.pair()
    sent = {
        sender: client.messages("send", number=NUMBER, message="x", devices=sender)[0]["ID"]
        for sender in ("1|0", "1|1", "2|0")
    }
    assert ids(client, deviceID=2) == [sent["2|0"]]
    assert set(ids(client, simSlot=0)) == {sent["1|0"], sent["2|0"]}
    assert ids(client, simSlot=1) == [sent["1|1"]]
    assert client.refusal("read-messages", deviceID=9)[0] == 404


@pytest.mark.capability("SMS8-40")
def test_a_window_includes_both_its_ends(client: Sms8Client, phone: PhoneDriver, clock: Clock) -> None:
    clock.forward(seconds=0.4)
    at = clock.now // 1_000
    [message] = client.messages("send", number=NUMBER, message="x")
    clock.forward(minutes=5)
    inside = [(at, at), (at - 1, at), (at, at + 1), (at, None), (None, at)]
    outside = [(at + 1, at + 9), (at - 9, at - 1), (at + 1, None), (None, at - 1)]
    for start, end in inside + outside:
        window = {name: value for name, value in (("startTimestamp", start), ("endTimestamp", end)) if value}
        assert ids(client, **window) == ([message["ID"]] if (start, end) in inside else []), (start, end)


@pytest.mark.capability("SMS8-41")
def test_filters_combine(tenant: Tenant, client: Sms8Client, phone: PhoneDriver, clock: Clock) -> None:
    second = tenant.pair()
    receive(phone, "+14155550191", "too old")
    clock.forward(hours=25)
    receive(phone, "+14155550192", "this one")
    receive(phone, "+14155550193", "other sim", sim_id="sim_b")
    receive(second, "+14155550194", "other device")
    one_sent(client, phone)
    day_ago = clock.now // 1_000 - 86_400
    found = client.messages("read-messages", status="Received", deviceID=1, simSlot=0, startTimestamp=day_ago)
    assert [message["message"] for message in found] == ["this one"]


def test_many_messages_come_in_one_answer_beyond_a_page_of_the_table(client: Sms8Client, phone: PhoneDriver) -> None:
    numbers = [f"+1415556{n:04d}" for n in range(250)]
    sent = client.messages("send", number=",".join(numbers), message="x")
    for n in range(5):
        receive(phone, f"+1415557{n:04d}", "in")
    everything = client.messages("read-messages")
    assert len(everything) == 255
    assert {message["ID"] for message in sent} <= {message["ID"] for message in everything}


def test_what_one_answer_has_no_room_for_is_got_by_its_end(
    client: Sms8Client, phone: PhoneDriver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(7):
        receive(phone, "+14155550199", f"number {n}")
        clock.forward(seconds=1)
    monkeypatch.setattr("roost.dialects.sms8.read_messages.MOST_BYTES", 3 * message_list.DOCUMENTED_MEMBERS)
    seen: list[str] = []
    more: dict[str, int] = {}
    for _ in range(9):
        data = client.data("read-messages", status="Received", **more)
        seen += [message["message"] for message in data["messages"]]
        if "nextEndTimestamp" not in data:
            break
        more = {"endTimestamp": data["nextEndTimestamp"]}
    assert list(dict.fromkeys(seen)) == [f"number {n}" for n in reversed(range(7))]


def test_no_answer_is_larger_than_a_function_may_give(client: Sms8Client, phone: PhoneDriver) -> None:
    """The weights are upper bounds of what Lambda really makes of an answer."""
    text = 'a "quoted" text\n\u20ac' * 10
    [message] = client.messages("send", number="+141555501010123", message=text, devices="1|1", schedule=3_377_930_000)
    as_lambda = len(json.dumps(json.dumps(message, ensure_ascii=False), ensure_ascii=False).encode())
    assert as_lambda <= message_list.EVERY_MEMBER + message_list.weight(text)
    short = {name: message[name] for name in message_list.DOCUMENTED}
    as_lambda = len(json.dumps(json.dumps(short, ensure_ascii=False), ensure_ascii=False).encode())
    assert as_lambda <= message_list.DOCUMENTED_MEMBERS + message_list.weight(text)
