"""The connection breaks before, during or after a claim, a push is lost or doubled: each job is done exactly once."""

import pytest

from tests.roost_fixtures import Clock, Tenant


@pytest.mark.capability("8MS-11")
@pytest.mark.parametrize("lost", ["request", "answer", "report request", "report answer", "nothing"])
def test_every_job_is_done_once_whatever_is_lost(tenant: Tenant, clock: Clock, lost: str) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    sent = [tenant.send(phone_id=phone.device_id).json()["id"] for _ in range(3)]
    done: list[str] = []
    claim = phone.body(claim="c1")
    if lost == "request":
        clock.forward(seconds=30)
    if lost == "answer":
        phone.http.post("/phone/v1/callback", json=claim)
        clock.forward(seconds=5)
    jobs = phone.http.post("/phone/v1/callback", json=claim).json()["jobs"]
    phone.call(phone.accept(*jobs))
    for job in jobs:
        report = phone.event("job.delivered", job)
        done.append(job["job_id"])
        if lost == "report answer":
            phone.call(report)
        if lost == "report request":
            clock.forward(minutes=2)
        phone.call(report)
    for repeat in range(3):
        assert [job for job in phone.claim(f"push {repeat}") if job["job_id"] in done] == []
    assert sorted(done) == sorted(sent)
    assert {str(tenant.message(message_id)["status"]) for message_id in sent} == {"delivered"}


@pytest.mark.capability("8MS-11")
def test_a_late_copy_of_an_old_claim_leases_nothing(tenant: Tenant, clock: Clock) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    tenant.send(phone_id=phone.device_id)
    old = phone.body(claim="old")
    [job] = phone.http.post("/phone/v1/callback", json=old).json()["jobs"]
    phone.call(phone.accept(job))
    phone.call(phone.event("job.released", job, data={"reason": "not_held"}))
    clock.forward(seconds=10)
    assert len(phone.claim("newer")) == 1
    tenant.send(phone_id=phone.device_id)
    clock.forward(hours=1)
    late = phone.http.post("/phone/v1/callback", json=old)
    assert (late.status_code, late.json()["jobs"]) == (200, [])
    assert len(phone.claim("after it")) == 2, "the new one, and the one whose lease nobody accepted in an hour"
