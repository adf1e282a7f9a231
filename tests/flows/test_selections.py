"""Who sends a batch: the senders a caller selected, dealt out one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.flows.test_batch_claims import take
from tests.flows.test_batches import listed, send_all
from tests.roost_fixtures import Tenant


def senders_of(tenant: Tenant, batch: dict[str, Any]) -> Counter[tuple[str | None, int | None]]:
    found = listed(tenant, group_id=batch["group_id"])
    return Counter((message["phone_id"], message["sim_slot"]) for message in found)


def test_twelve_messages_over_three_senders_are_four_each_in_turn(tenant: Tenant) -> None:
    one, two = tenant.pair(), tenant.pair()
    senders = [one.device_id, f"{two.device_id}|0", f"{two.device_id}|1"]
    batch = send_all(tenant, 12, senders=senders).json()
    assert set(senders_of(tenant, batch).values()) == {4}
    assert len(senders_of(tenant, batch)) == 3
    first = [tenant.message(message["id"]) for message in batch["messages"][:3]]
    assert [(m["phone_id"], m["sim_slot"]) for m in first] == [
        (one.device_id, 0),
        (two.device_id, 0),
        (two.device_id, 1),
    ]
    jobs = [job for _ in range(2) for job in take(two, [])]
    assert Counter(job["sim"]["slot"] for job in jobs) == {0: 4, 1: 4}
    assert len(take(one, [])) == 4
    assert [take(one, []), take(two, [])] == [[], []]


def test_all_phones_share_out_evenly_and_a_disabled_one_gets_nothing(tenant: Tenant) -> None:
    phones = [tenant.pair() for _ in range(3)]
    tenant.http.patch(f"/v1/phones/{phones[1].device_id}", json={"enabled": False})
    batch = send_all(tenant, 6, senders="all_phones").json()
    assert senders_of(tenant, batch) == {(phones[0].device_id, 0): 3, (phones[2].device_id, 0): 3}


def test_all_sims_means_every_sim_of_every_enabled_phone(tenant: Tenant) -> None:
    phones = [tenant.pair(), tenant.pair()]
    batch = send_all(tenant, 8, senders="all_sims").json()
    assert senders_of(tenant, batch) == {(phone.device_id, slot): 2 for phone in phones for slot in (0, 1)}


def test_a_random_sender_sends_everything_and_is_not_always_the_same(tenant: Tenant) -> None:
    phones = [tenant.pair() for _ in range(3)]
    senders = [phone.device_id for phone in phones]
    used = [senders_of(tenant, send_all(tenant, 3, senders=senders, random_sender=True).json()) for _ in range(20)]
    assert all(len(one) == 1 for one in used)
    assert len(set().union(*used)) > 1
    anybody = senders_of(tenant, send_all(tenant, 3, random_sender=True).json())
    assert len(anybody) == 1
    assert None not in next(iter(anybody))


def test_a_selection_that_cannot_be_is_refused_and_nothing_is_sent(tenant: Tenant) -> None:
    phone = tenant.pair()
    assert send_all(tenant, 2, senders=["phn_99"]).json()["code"] == "not_found"
    assert send_all(tenant, 2, senders=[f"{phone.device_id}|7"]).json()["errors"][0]["field"] == "senders"
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False})
    assert send_all(tenant, 2, senders=[phone.device_id]).json()["code"] == "phone_disabled"
    assert send_all(tenant, 2, senders="all_phones").json()["code"] == "no_eligible_phone"
    assert listed(tenant) == []


def test_one_message_to_a_selection_is_a_batch_of_one(tenant: Tenant) -> None:
    _, two = tenant.pair(), tenant.pair()
    batch = send_all(tenant, 1, senders=[f"{two.device_id}|1"]).json()
    [job] = take(two, [])
    assert (job["job_id"], job["sim"]["slot"]) == (batch["messages"][0]["id"], 1)
