"""Sending again: a group, those of it in one state, or whatever a filter finds."""

from __future__ import annotations

from tests.flows.test_batch_claims import take
from tests.flows.test_batches import listed, send_all
from tests.roost_fixtures import Clock, Tenant


def test_a_group_or_its_failed_part_is_sent_again_as_a_new_group(tenant: Tenant) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 5).json()
    jobs = [job for _ in range(4) for job in phone.claim()]
    outcomes = ["job.sent", "job.failed", "job.sent", "job.failed"]
    phone.call(*(phone.event(outcome, job) for outcome, job in zip(outcomes, jobs, strict=False)))
    failed = [message for message in batch["messages"] if tenant.message(message["id"])["status"] == "failed"]
    again = tenant.http.post(f"/v1/groups/{batch['group_id']}/resend", json={"status": "failed"})
    assert again.status_code == 201, again.text
    assert [message["to"] for message in again.json()["messages"]] == [message["to"] for message in failed]
    assert again.json()["group_id"] != batch["group_id"]
    everything = tenant.http.post(f"/v1/groups/{batch['group_id']}/resend", json={}).json()
    ended = len([1 for outcome, _ in zip(outcomes, jobs, strict=False)])
    assert everything["count"] == ended, "what may still leave is left out"


def test_a_filter_finds_what_is_sent_again(tenant: Tenant, clock: Clock) -> None:
    phone, other = tenant.pair(), tenant.pair()
    for sender in (f"{phone.device_id}|0", f"{phone.device_id}|1", f"{other.device_id}|0"):
        send_all(tenant, 2, senders=[sender])
    for driver in (phone, phone, other):
        for job in driver.claim():
            if job["grant"] == "confirm":
                driver.call(driver.accept(job))
            driver.call(driver.event("job.failed", job))
    clock.forward(minutes=1)
    wanted = {"status": "failed", "phone_id": phone.device_id, "sim_slot": 1}
    again = tenant.http.post("/v1/messages/resend", json=wanted).json()
    found = listed(tenant, group_id=again["group_id"])
    assert [(message["phone_id"], message["sim_slot"]) for message in found] == [(phone.device_id, 1)] * 2
    all_failed = tenant.http.post("/v1/messages/resend", json={"status": "failed"}).json()
    senders = sorted((m["phone_id"], m["sim_slot"]) for m in listed(tenant, group_id=all_failed["group_id"]))
    assert senders == sorted([(phone.device_id, 0), (phone.device_id, 1), (other.device_id, 0)] * 2)
    nothing = tenant.http.post("/v1/messages/resend", json={"status": "failed", "since": "2077-02-01T00:00:00Z"})
    assert nothing.json()["code"] == "not_found"


def test_a_repeated_resend_with_the_same_key_sends_once(tenant: Tenant) -> None:
    phone = tenant.pair()
    group = send_all(tenant, 3, senders=[phone.device_id]).json()["group_id"]
    take(phone, [])
    path, key = f"/v1/groups/{group}/resend", {"Idempotency-Key": "again"}
    first = tenant.http.post(path, json={}, headers=key)
    second = tenant.http.post(path, json={}, headers=key)
    assert first.json() == second.json()
    assert len(listed(tenant)) == 6
