"""Roost's own tools: a message at another time, a message stopped, and why one waits."""

from __future__ import annotations

import httpx
import pytest

from roost.runtime.settings import settings
from tests.flows.test_mms import PNG, a_picture
from tests.mcp.conftest import Desk
from tests.never_made import never_made
from tests.roost_fixtures import Tenant
from tests.sms8.stage import finish, receive

PEER = "+14155550101"


def test_a_scheduled_message_waits_for_its_time_and_says_so(desk: Desk) -> None:
    client = desk.client()
    sent = client.call("schedule_sms", phone=PEER, message="later", send_at="2077-01-15T10:00:00+01:00")
    assert sent["status"] == "scheduled"
    why = client.call("why_waiting", message_id=sent["message_id"])
    assert (why["waiting"]["reason"], why["waiting"]["until"]) == ("scheduled", "2077-01-15T09:00:00.000Z")
    assert why["summary"] == "It waits: scheduled for 2077-01-15T09:00:00.000Z."
    assert finish(desk.phone, "job.sent") == []


def test_a_message_is_canceled_until_it_has_left(desk: Desk) -> None:
    client = desk.client()
    sent = client.call("schedule_sms", phone=PEER, message="x", send_at="2077-01-15T12:00:00Z", device_id=1)
    assert client.call("cancel_sms", message_id=f"msg_{sent['message_id']}")["status"] == "canceled"
    assert client.call("cancel_sms", message_id=sent["message_id"])["status"] == "canceled", "as often as one likes"
    left = client.call("send_sms", phone=PEER, message="y")
    finish(desk.phone, "job.sent")
    assert client.refusal("cancel_sms", message_id=left["message_id"])["reason"] == "already_final"
    assert client.call("why_waiting", message_id=left["message_id"])["summary"] == "It does not wait: it is sent."


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"send_at": "2077-01-15T12:00:00"}, "send_at: input should have timezone info"),
        ({"send_at": "tomorrow"}, "send_at: "),
        ({"send_at": "2070-01-01T00:00:00Z"}, "send_at: lies in the past"),
        ({"send_at": "2079-01-01T00:00:00Z"}, "send_at: lies more than a year ahead"),
        ({}, "send_at: is missing"),
        ({"send_at": "2077-01-15T12:00:00Z", "sim_slot": "1"}, "sim_slot: needs a device_id"),
    ],
)
def test_a_time_that_is_none_is_refused_by_name(desk: Desk, members: dict[str, str], problem: str) -> None:
    refused = desk.client().refusal("schedule_sms", phone=PEER, message="x", **members)
    assert refused["error"].startswith(problem)


@pytest.mark.parametrize("message_id", ["msg_1", "12", "nonsense", "-1", 99999999999999999999])
def test_a_message_nobody_sent_is_not_found(desk: Desk, message_id: object) -> None:
    for tool in ("why_waiting", "cancel_sms"):
        assert desk.client().refusal(tool, message_id=message_id)["reason"] == "not_found"


def test_another_accounts_message_is_not_found(desk: Desk, other_tenant: Tenant) -> None:
    sent = desk.client().call("schedule_sms", phone=PEER, message="x", send_at="2077-01-15T12:00:00Z")
    stranger = desk.client(key=other_tenant.key())
    for tool in ("why_waiting", "cancel_sms"):
        assert stranger.refusal(tool, message_id=sent["message_id"])["reason"] == "not_found"


def test_conversations_are_listed_and_read(desk: Desk) -> None:
    client = desk.client()
    client.call("send_sms", phone=PEER, message="Shall we meet?")
    finish(desk.phone, "job.sent")
    receive(desk.phone, PEER, "Yes, at nine")
    [listed] = client.call("list_conversations", search="NINE")["conversations"]
    assert client.call("list_conversations", status="archived")["count"] == 0
    for conversation_id in (listed["id"], PEER):
        read = client.call("read_conversation", conversation_id=conversation_id)
        assert sorted(message["body"] for message in read["messages"]) == ["Shall we meet?", "Yes, at nine"]
    assert client.refusal("read_conversation", conversation_id="+14155550999")["reason"] == "not_found"


def test_campaigns_are_listed_with_how_far_they_are(desk: Desk) -> None:
    headers = {"x-api-key": desk.tenant.key()}
    made = desk.tenant.http.post("/v1/campaigns", json={"name": "Spring", "template": "Hello"}, headers=headers)
    assert made.status_code == 201, made.text
    [campaign] = desk.client().call("list_campaigns")["campaigns"]
    assert (campaign["id"], campaign["name"], campaign["status"]) == (made.json()["id"], "Spring", "draft")


def test_a_conversation_leads_to_its_pictures(desk: Desk) -> None:
    a_picture(desk.phone)
    [message] = desk.client().call("read_conversation", conversation_id="cnv_34600111222")["messages"]
    assert httpx.get(message["attachments"][0]["url"]).content == PNG


def test_the_pepper_of_codes_is_made_by_who_needs_it_first(desk: Desk) -> None:
    with never_made(settings().pepper_parameter):
        assert desk.client().call("send_otp", phone=PEER)["success"]
