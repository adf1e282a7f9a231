"""/services/get-devices.php"""

from __future__ import annotations

import pytest

from tests.roost_fixtures import Clock, Tenant


@pytest.mark.capability("SMS8-48")
def test_enabled_devices_are_listed_with_model_sims_and_one_primary(tenant: Tenant, clock: Clock) -> None:
    tenant.pair("Mine")
    off = tenant.pair()
    tenant.pair()
    tenant.http.patch(f"/v1/phones/{off.device_id}", json={"enabled": False}).raise_for_status()
    devices = tenant.sms8().data("get-devices")["devices"]
    assert [device["id"] for device in devices] == [1, 3]
    assert devices[0] == {
        "id": 1,
        "ID": "1",
        "name": "Mine",
        "model": "Redmi 8",
        "androidVersion": "10",
        "appVersion": "1.0.0",
        "enabled": True,
        "primary": True,
        "status": "Online",
        "lastSeen": "2077-01-15T08:00:00+00:00",
        "sims": {"0": "Movistar [+34600000001]", "1": "Orange"},
    }
    assert [device["primary"] for device in devices] == [True, False]


def test_a_device_that_was_silent_for_an_hour_is_offline(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    client = tenant.sms8()
    clock.forward(minutes=59)
    assert client.data("get-devices")["devices"][0]["status"] == "Online"
    clock.forward(minutes=1)
    assert client.data("get-devices")["devices"][0]["status"] == "Offline"
