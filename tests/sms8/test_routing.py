"""Which device and SIM sends: devices, option, useRandomDevice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant
from tests.sms8_client import Sms8Client


def numbers(count: int) -> str:
    return ",".join(f"+141555501{n:02d}" for n in range(count))


def senders(messages: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter((message["deviceID"], message["simSlot"]) for message in messages)


@pytest.fixture
def client(tenant: Tenant) -> Sms8Client:
    for _ in range(3):
        tenant.pair()
    return tenant.sms8()


def disable(tenant: Tenant, device: int) -> None:
    tenant.http.patch(f"/v1/phones/phn_{device}", json={"enabled": False}).raise_for_status()


@pytest.mark.capability("SMS8-20", "SMS8-22")
@pytest.mark.parametrize(
    ("devices", "sender"),
    [("1", ("1", "0")), ("2", ("2", "0")), ('"3"', ("3", "0")), ('["2"]', ("2", "0")), ("2|0", ("2", "0")),
     ('"2|1"', ("2", "1")), ("", ("1", "0")), ("0", ("1", "0")), ("[]", ("1", "0")), ("null", ("1", "0"))],
)  # fmt: skip
def test_devices_in_each_of_the_clients_forms(client: Sms8Client, devices: str, sender: tuple[str, str]) -> None:
    assert senders(client.messages("send", number=numbers(1), message="x", devices=devices)) == {sender: 1}


@pytest.mark.capability("SMS8-21", "SMS8-23")
def test_a_list_of_devices_shares_a_request_and_no_other_sends(client: Sms8Client) -> None:
    shared = senders(client.messages("send", number=numbers(6), message="x", devices="[1,2]", option=0))
    assert shared == {("1", "0"): 3, ("2", "0"): 3}


@pytest.mark.capability("SMS8-22")
def test_twelve_messages_over_three_senders_are_four_each(client: Sms8Client) -> None:
    shared = senders(client.messages("send", number=numbers(12), message="x", devices='[1,"2|0","2|1"]'))
    assert shared == {("1", "0"): 4, ("2", "0"): 4, ("2", "1"): 4}


@pytest.mark.capability("SMS8-24")
def test_option_1_uses_every_enabled_device(tenant: Tenant, client: Sms8Client) -> None:
    disable(tenant, 2)
    shared = senders(client.messages("send", number=numbers(6), message="x", option=1))
    assert shared == {("1", "0"): 3, ("3", "0"): 3}


@pytest.mark.capability("SMS8-25")
def test_option_2_uses_every_sim_of_every_enabled_device(tenant: Tenant, client: Sms8Client) -> None:
    disable(tenant, 2)
    single = PhoneDriver(tenant.clients.enter_context(tenant_http(tenant)), tenant.deps.now)
    single.pair(tenant.http.post("/v1/pairings", json={}).json()["link"], sims=({"slot": 0, "sim_id": "only"},))
    disable(tenant, 3)
    shared = senders(client.messages("send", number=numbers(6), message="x", option=2))
    assert shared == {("1", "0"): 2, ("1", "1"): 2, ("4", "0"): 2}


def tenant_http(tenant: Tenant) -> httpx.Client:
    return httpx.Client(base_url=tenant.base_url, transport=tenant.transport)


@pytest.mark.capability("SMS8-26")
def test_a_random_device_sends_the_whole_request(client: Sms8Client) -> None:
    seen: Counter[str] = Counter()
    for _ in range(20):
        messages = client.messages("send", number=numbers(2), message="x", useRandomDevice=1)
        [device] = {message["deviceID"] for message in messages}
        seen[device] += 1
    assert len(seen) > 1


def test_single_messages_to_several_devices_do_not_all_go_to_the_first(client: Sms8Client) -> None:
    sent = [client.messages("send", number=numbers(1), message="x", devices="[1,2,3]") for _ in range(20)]
    assert len(senders([message for [message] in sent])) > 1


def test_while_the_primary_is_disabled_the_lowest_number_is_it(tenant: Tenant, client: Sms8Client) -> None:
    disable(tenant, 1)
    assert senders(client.messages("send", number=numbers(1), message="x")) == {("2", "0"): 1}
    assert [device["ID"] for device in client.data("get-devices")["devices"] if device["primary"]] == ["2"]
