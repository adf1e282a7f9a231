"""Acceptance and revocation of a lease of several jobs race for one write; one that lost can do nothing any more."""

from dataclasses import replace
from typing import Any

from roost.domain import ids
from roost.domain.leases import Lease, LeaseState
from roost.domain.messages import MessageStatus
from roost.runtime.deps import Deps
from roost.storage.leases import get_lease, settle_lease
from roost.storage.messages import get_message, lease_message
from roost.usecases.revoke_lease import revoke_lease
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def a_confirm_lease(tenant: Tenant, deps: Deps) -> tuple[PhoneDriver, dict[str, Any], Lease]:
    """A phone, the first of its two jobs, and the lease as it stood before anybody settled it."""
    phone, _ = tenant.pair(), tenant.pair()
    for _ in range(2):
        tenant.send(phone_id=phone.device_id)
    job, _ = phone.claim("the-claim")
    lease = get_lease(deps.devices, tenant.account.id, int(phone.device_id.removeprefix("phn_")), "the-claim")
    assert lease is not None
    assert lease.state is LeaseState.OPEN
    return phone, job, lease


def status_of(tenant: Tenant, deps: Deps, job: dict[str, Any]) -> MessageStatus:
    number = ids.parse("msg", job["job_id"])
    message = get_message(deps.messages, tenant.account.id, number or 0, consistent=True)
    assert message is not None
    return message.status


def test_an_accepted_lease_cannot_be_revoked_even_by_one_who_saw_it_open(tenant: Tenant, deps: Deps) -> None:
    phone, job, seen_open = a_confirm_lease(tenant, deps)
    phone.call(phone.accept(job))
    assert revoke_lease(deps, seen_open) is False
    assert status_of(tenant, deps, job) is MessageStatus.LEASED
    assert phone.claim(have=[ids.spell("msg", number) for number in seen_open.job_ids]) == []


def test_a_revoked_lease_cannot_be_accepted_even_before_its_jobs_went_back(tenant: Tenant, deps: Deps) -> None:
    """The revocation died between its two writes."""
    phone, job, lease = a_confirm_lease(tenant, deps)
    settle_lease(deps.devices, lease, LeaseState.REVOKED, deps.now())
    late = phone.accept(job)
    assert phone.call(late)["rejected"][0]["code"] == "lease_lost"
    assert revoke_lease(deps, lease) is True, "asked again it completes"
    assert status_of(tenant, deps, job) is MessageStatus.DISPATCHING


def test_a_lease_that_gave_a_job_back_never_takes_it_again(tenant: Tenant, deps: Deps) -> None:
    """A copy of the claim that read the lease while it was open, and goes on after the revocation."""
    _, job, lease = a_confirm_lease(tenant, deps)
    revoke_lease(deps, lease)
    assert lease_message(deps.messages, lease, lease.job_ids[0], lease.slots[0], deps.now()) is None
    assert status_of(tenant, deps, job) is MessageStatus.DISPATCHING


def test_a_message_bound_to_one_phone_cannot_be_leased_to_another(tenant: Tenant, deps: Deps) -> None:
    """It was moved between the look into the queue and the lease."""
    phone, _ = tenant.pair(), tenant.pair()
    sent = tenant.send(phone_id=phone.device_id).json()["id"]
    _, _, lease = a_confirm_lease(tenant, deps)
    number = ids.parse("msg", sent) or 0
    assert lease_message(deps.messages, replace(lease, epoch=99), number, deps.now(), deps.now()) is None


def test_a_late_copy_of_an_old_claim_is_known_by_the_phones_own_clock(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    old = phone.body(claim="old")
    clock.forward(seconds=1)
    phone.call(claim="newer")
    tenant.send()
    late = phone.http.post("/phone/v1/callback", json=old).json()
    assert late["jobs"] == []
    after_reboot = phone.body(claim="reboot")
    after_reboot["health"] |= {"boot_id": "b2", "at_elapsed": 5}
    assert len(phone.http.post("/phone/v1/callback", json=after_reboot).json()["jobs"]) == 1
    tenant.send()
    assert phone.http.post("/phone/v1/callback", json=old).json()["jobs"] == [], "of the boot before"
