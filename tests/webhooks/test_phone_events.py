"""Phones that fall silent, come back or reach their cap: seen by the sweep's look, told by the stream."""

from __future__ import annotations

import json

import pytest

from dev.cloud_process import CloudProcess
from roost.domain.event_data import DATA_OF
from roost.domain.instants import minute_of
from roost.domain.phone_watch import PhoneGlance, Picture, events_of_pictures
from roost.domain.webhooks import EventType
from roost.storage.checks import Check, checks_of
from tests.in_role import watch_phones
from tests.roost_fixtures import Clock, Tenant
from tests.webhook_receiver import Receiver

EVENTS = ["phone.connected", "phone.disconnected", "phone.cap_reached"]


@pytest.fixture
def watch(tenant: Tenant) -> Check:
    return Check(tenant.account.id, watch=True)


def subscribe(tenant: Tenant, receiver: Receiver, *events: str) -> None:
    body = {"url": receiver.url, "events": list(events)}
    tenant.http.post("/v1/webhooks", json=body).raise_for_status()


def looks_due(tenant: Tenant, clock: Clock) -> list[Check]:
    due = [check for _, check in checks_of(tenant.deps.devices, minute_of(clock.now))]
    return [check for check in due if check.account == tenant.account.id and check.watch]


def test_silence_return_and_cap_are_told_once_each(
    tenant: Tenant, receiver: Receiver, clock: Clock, watch: Check, cloud: CloudProcess
) -> None:
    subscribe(tenant, receiver, *EVENTS)
    phone = tenant.pair(label="Kitchen")
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"daily_cap": 1})
    watch_phones(tenant.deps, watch)
    clock.forward(minutes=61)
    for _ in range(2):
        watch_phones(tenant.deps, watch)
    phone.call(claim="back")
    clock.forward(seconds=1)
    watch_phones(tenant.deps, watch)
    tenant.send()
    phone.claim()
    clock.forward(seconds=1)
    watch_phones(tenant.deps, watch)
    cloud.drain()
    told = [json.loads(post.body) for post in receiver.wait_for(3)]
    assert [event["type"] for event in told] == ["phone.disconnected", "phone.connected", "phone.cap_reached"]
    for event in told:
        DATA_OF[EventType(event["type"])].model_validate(event["data"])
        assert event["data"]["name"] == "Kitchen"
    assert told[2]["data"]["daily_cap"] == 1
    assert told[2]["data"]["next_free_at"] == "2077-01-16T00:00:00.000Z"


def test_an_account_is_watched_only_while_one_of_its_webhooks_wants_to_know(
    tenant: Tenant, receiver: Receiver, clock: Clock, watch: Check
) -> None:
    subscribe(tenant, receiver, "message.sent")
    assert looks_due(tenant, clock) == []
    subscribe(tenant, receiver, "phone.connected")
    assert looks_due(tenant, clock) == [watch]
    clock.forward(minutes=1)
    watch_phones(tenant.deps, watch)
    assert looks_due(tenant, clock) == [watch]
    for hook in tenant.http.get("/v1/webhooks").json()["data"]:
        tenant.http.patch(f"/v1/webhooks/{hook['id']}", json={"enabled": False})
    clock.forward(minutes=1)
    watch_phones(tenant.deps, watch)
    assert looks_due(tenant, clock) == []


def test_the_first_picture_tells_nothing_and_a_removed_phone_is_disconnected() -> None:
    there = PhoneGlance("Kitchen", seen_at=1, connected=True)
    first, second = Picture("acc1", 5, {1: there}), Picture("acc1", 9, {2: there})
    assert events_of_pictures(None, first) == []
    told = events_of_pictures(first, second)
    assert [(event.type, event.data["phone_id"]) for event in told] == [
        ("phone.connected", "phn_2"),
        ("phone.disconnected", "phn_1"),
    ]
    assert events_of_pictures(first, second) == told, "a repeated record means the same events"
