"""A SIM found in another slot, or a new one, is used once the owner agreed: on the phone, or over the API."""

from __future__ import annotations

from typing import Any

import httpx

from roost.domain.api_keys import Scope
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

MOVED = {"slot": 1, "sim_id": "sim_a", "carrier": "Movistar", "number": "+34600000001"}
STRANGE = {"slot": 0, "sim_id": "sim_z", "carrier": "Jazztel"}
ALERT = {"code": "sim_changed", "detail": "slot 0: sim_a -> empty, slot 1: sim_b -> sim_a"}


def shown(tenant: Tenant) -> Any:
    return tenant.http.get("/v1/phones").json()["data"][0]


def confirm(tenant: Tenant, phone: PhoneDriver, **headers: str) -> httpx.Response:
    return tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"confirm_sims": True}, headers=headers)


def slots(views: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(view["slot"], view["carrier"]) for view in views]


def test_a_moved_sim_is_shown_and_the_phone_is_told_what_the_owner_confirmed_until_it_knows(tenant: Tenant) -> None:
    phone = tenant.pair()
    phone.health = {"unconfirmed_sims": [MOVED]}
    answer = phone.call(phone.event("alert", data=ALERT))
    assert "confirmed_sims" not in answer
    before = shown(tenant)
    assert slots(before["sims"]) == [(0, "Movistar"), (1, "Orange")]
    assert slots(before["sims_to_confirm"]) == [(1, "Movistar")]
    assert "sim_changed" in before["alerts"]
    after = confirm(tenant, phone).json()
    assert (slots(after["sims"]), after["sims_to_confirm"], after["alerts"]) == ([(1, "Movistar")], [], {})
    for _ in range(2):
        assert phone.call()["confirmed_sims"] == [{"slot": 1, "sim_id": "sim_a"}]
    phone.health = {}
    assert "confirmed_sims" not in phone.call()


def test_what_was_bound_to_the_old_slot_follows_the_sim(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send(sim_slot=0)
    phone.health = {"unconfirmed_sims": [MOVED]}
    phone.call()
    confirm(tenant, phone)
    [job] = phone.claim()
    assert job["sim"] == {"slot": 1, "sim_id": "sim_a"}


def test_a_tap_on_the_phone_confirms_too_and_settles_the_alert(tenant: Tenant) -> None:
    phone = tenant.pair()
    phone.health = {"unconfirmed_sims": [STRANGE]}
    phone.call(phone.event("alert", data=ALERT))
    phone.health = {}
    phone.claim(sims=[{"slot": 0, "sim_id": "sim_z", "state": "in_service"}])
    now = shown(tenant)
    assert slots(now["sims"]) == [(0, "Jazztel"), (1, "Orange")]
    assert (now["sims_to_confirm"], now["alerts"]) == ([], {})
    tenant.send(sim_slot=0)
    [job] = phone.claim()
    assert job["sim"] == {"slot": 0, "sim_id": "sim_z"}


def test_a_claim_that_names_an_unconfirmed_sim_changes_nothing(tenant: Tenant) -> None:
    phone = tenant.pair()
    phone.claim(sims=[{"slot": 0, "sim_id": "sim_z", "state": "unconfirmed"}, {"slot": 1, "sim_id": "sim_y"}])
    assert slots(shown(tenant)["sims"]) == [(0, "Movistar"), (1, "Orange")]


def test_confirming_again_or_with_nothing_to_confirm_changes_nothing(tenant: Tenant) -> None:
    phone = tenant.pair()
    before = shown(tenant)
    assert confirm(tenant, phone).json() == before
    phone.health = {"unconfirmed_sims": [MOVED]}
    phone.call()
    first = confirm(tenant, phone).json()
    assert confirm(tenant, phone).json() == first


def test_who_may_only_look_cannot_confirm_and_nor_can_another_account(tenant: Tenant, other_tenant: Tenant) -> None:
    phone = tenant.pair()
    phone.health = {"unconfirmed_sims": [MOVED]}
    phone.call()
    looking = tenant.key(Scope.DEVICES_READ)
    assert confirm(tenant, phone, **{"x-api-key": looking}).status_code == 403
    other_tenant.pair()
    confirm(other_tenant, phone)
    assert slots(shown(tenant)["sims_to_confirm"]) == [(1, "Movistar")]
