"""What an SMS8 key and its account may use up: credits, the plan's month, requests a minute."""

from __future__ import annotations

import json

import pytest

from roost.usecases.manage_accounts import suspend_account
from tests.roost_fixtures import Clock, Tenant
from tests.sms8.stage import a_list, receive
from tests.sms8_client import Sms8Client

NUMBER = "+14155550101"
THREE = "+14155550101,+14155550102,+14155550103"


@pytest.fixture
def client(tenant: Tenant) -> Sms8Client:
    tenant.pair()
    return tenant.sms8()


@pytest.mark.capability("SMS8-10", "SMS8-53")
def test_each_message_takes_a_credit_and_what_is_not_covered_is_402_as_a_whole(
    tenant: Tenant, client: Sms8Client
) -> None:
    tenant.top_up(credits=5)
    client.messages("send", number=NUMBER, message="x")
    assert client.data("send") == {"credits": 4}
    client.messages("send", messages=json.dumps([{"number": n, "message": "x"} for n in THREE.split(",")]))
    assert client.data("send") == {"credits": 1}
    for number in (THREE, "+14155550101,+14155550102"):
        assert client.refusal("send", number=number, message="x")[0] == 402
    assert client.refusal("send", number="12", message="x")[0] == 400
    assert client.data("send") == {"credits": 1}
    client.messages("send", number=NUMBER, message="x")
    assert client.refusal("send", number=NUMBER, message="x")[0] == 402
    assert len(client.messages("read-messages")) == 5


@pytest.mark.capability("SMS8-70")
def test_the_plans_month_is_an_end_and_the_next_one_a_beginning(
    tenant: Tenant, client: Sms8Client, clock: Clock
) -> None:
    tenant.assign_plan(monthly_messages=3)
    client.messages("send", number="+14155550101,+14155550102", message="x")
    assert client.refusal("send", number=THREE, message="x")[0] == 403
    client.messages("send", number=NUMBER, message="x")
    assert client.refusal("send", number=NUMBER, message="x")[0] == 403
    clock.forward(hours=24 * 20)
    assert client.messages("send", number=NUMBER, message="x")


@pytest.mark.capability("SMS8-13")
def test_one_request_too_many_in_a_minute_is_429_and_passes(tenant: Tenant, client: Sms8Client, clock: Clock) -> None:
    tenant.http.patch("/v1/keys/key_sms8", json={"limits": {"per_minute": 3}}).raise_for_status()
    client.messages("send", number=NUMBER, message="x")
    client.messages("send", number=THREE, message="x")
    client.messages("read-messages")
    for service, fields in (("send", {"number": NUMBER, "message": "x"}), ("send", {}), ("read-messages", {})):
        assert client.refusal(service, **fields)[0] == 429
    clock.forward(seconds=61)
    assert len(client.messages("read-messages")) == 4


@pytest.mark.capability("SMS8-11")
def test_a_suspended_account_answers_403(tenant: Tenant, client: Sms8Client) -> None:
    suspend_account(tenant.deps, tenant.account.id)
    assert client.refusal("send", number=NUMBER, message="x")[0] == 403
    assert client.refusal("send", number=THREE, message="x")[0] == 403
    assert client.messages("read-messages") == []


def test_who_answered_stop_refuses_a_request_by_the_place_in_it_and_is_left_out_of_lists(
    tenant: Tenant, client: Sms8Client
) -> None:
    phone = tenant.pair()
    receive(phone, "+14155550102", "STOP")
    assert client.refusal("send", number="+14155550102", message="x")[0] == 403
    code, text = client.refusal("send", number=THREE, message="x")
    assert (code, text.startswith("number.1: ")) == (403, True)
    list_id = a_list(tenant, client, *THREE.split(","))
    reached = client.messages("send", listID=list_id, message="x")
    assert sorted(message["number"] for message in reached) == ["+14155550101", "+14155550103"]
