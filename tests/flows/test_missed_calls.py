"""Missed calls: one row for each, with the phone, the SIM and the time it rang."""

from typing import Any

from roost.domain.instants import rfc3339
from tests.roost_fixtures import Clock, Tenant


def calls(tenant: Tenant, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tenant.http.get("/v1/calls", params=params).json()["data"]
    return found


def test_a_missed_call_is_listed_once_however_often_it_is_reported(tenant: Tenant) -> None:
    phone = tenant.pair()
    event = phone.event("call.missed", data={"from": "+34600111222", "sim_id": "sim_b"})
    for _ in range(3):
        assert phone.call(event)["acked"] == [event["event_id"]]
    [call] = calls(tenant)
    assert (call["from"], call["phone_id"], call["sim_slot"]) == ("+34600111222", phone.device_id, 1)
    assert tenant.http.get("/v1/messages").json()["data"] == [], "a call is no message"


def test_a_call_missed_while_the_phone_was_offline_keeps_its_time(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    phone.call()
    rang_at = rfc3339(clock.now)
    event = phone.event("call.missed", data={"from": "+34600111222"})
    clock.forward(hours=5)
    phone.call(event)
    [call] = calls(tenant, since=rang_at, until=rang_at)
    assert (call["missed_at"], call["reported_at"]) == (rang_at, rfc3339(clock.now))
    assert calls(tenant, since=rfc3339(clock.now)) == []


def test_a_hidden_number_is_unknown_and_filters_are_combined(tenant: Tenant) -> None:
    phone, other = tenant.pair(), tenant.pair()
    phone.call(phone.event("call.missed", data={"sim_id": "sim_a"}))
    other.call(other.event("call.missed", data={"from": "+34600111222", "sim_id": "sim_a"}))
    assert [call["from"] for call in calls(tenant, phone_id=phone.device_id)] == ["unknown"]
    assert [call["phone_id"] for call in calls(tenant, number="+34600111222", sim_slot=0)] == [other.device_id]
    assert calls(tenant, number="+34600111222", sim_slot=1) == []


def test_calls_of_another_account_are_not_listed(tenant: Tenant, other_tenant: Tenant) -> None:
    phone = tenant.pair()
    phone.call(phone.event("call.missed", data={"from": "+34600111222"}))
    assert calls(other_tenant) == []


def test_missed_calls_work_with_the_deployed_functions_and_their_policies(deployed: Tenant) -> None:
    phone = deployed.pair()
    phone.call(phone.event("call.missed", data={"from": "+34600111222"}))
    assert len(calls(deployed)) == 1
