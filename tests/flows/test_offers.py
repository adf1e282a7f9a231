"""A lease of one job is an offer: whoever changes the job first has it, and until then nothing is written on it."""

from collections import Counter
from typing import Any

import pytest

from dev.write_units import count_writes
from roost.domain import ids
from roost.domain.messages import MessageStatus
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import get_lease
from roost.storage.messages import get_message
from roost.storage.phones import get_phone
from roost.usecases.offers import accept_offer, take_back_offer
from tests.in_role import settle_overdue
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

Job = dict[str, Any]


def an_offer(tenant: Tenant) -> tuple[PhoneDriver, Job]:
    """A phone with its one job, beside another phone that could have it."""
    phone, _ = tenant.pair(), tenant.pair()
    phone.call(claim="awake")
    tenant.send(phone_id=phone.device_id)
    [job] = phone.claim("the-claim")
    assert job["grant"] == "confirm"
    return phone, job


def stored(tenant: Tenant, driver: PhoneDriver) -> Phone:
    number = ids.parse("phn", driver.device_id) or 0
    phone = get_phone(tenant.deps.devices, tenant.account.id, number, consistent=True)
    assert phone is not None
    return phone


def status_of(tenant: Tenant, job: Job) -> MessageStatus:
    message = get_message(
        tenant.deps.messages, tenant.account.id, ids.parse("msg", job["job_id"]) or 0, consistent=True
    )
    assert message is not None
    return message.status


def refusals(answer: dict[str, Any]) -> list[str]:
    return [rejected["code"] for rejected in answer["rejected"]]


def test_an_offer_leaves_its_job_as_it_was_until_the_phone_accepts(tenant: Tenant) -> None:
    phone, job = an_offer(tenant)
    assert status_of(tenant, job) is MessageStatus.DISPATCHING
    assert refusals(phone.call(phone.accept(job))) == []
    assert status_of(tenant, job) is MessageStatus.ACCEPTED
    assert tenant.message(job["job_id"])["status"] == "sending"


def test_a_repeated_claim_gets_the_same_offer_and_an_accepted_one_too(tenant: Tenant) -> None:
    phone, job = an_offer(tenant)
    assert phone.claim("the-claim") == [job]
    phone.call(phone.accept(job))
    assert phone.claim("the-claim") == [job]


def test_a_repeated_acceptance_is_acknowledged_however_far_the_job_is_by_then(tenant: Tenant) -> None:
    phone, job = an_offer(tenant)
    acceptance = phone.accept(job)
    for reports in ([], [phone.event("job.sending", job)], [phone.event("job.sent", job)]):
        answer = phone.call(acceptance, *reports)
        assert (refusals(answer), acceptance["event_id"] in answer["acked"]) == ([], True)


def test_an_offer_that_was_taken_back_cannot_be_accepted(tenant: Tenant, deps: Deps) -> None:
    phone, job = an_offer(tenant)
    lease = stored(tenant, phone).last_lease
    assert lease is not None
    assert take_back_offer(deps, lease)
    assert not take_back_offer(deps, lease), "there is nothing left to take back"
    assert refusals(phone.call(phone.accept(job))) == ["lease_lost"]
    assert status_of(tenant, job) is MessageStatus.DISPATCHING


def test_an_accepted_offer_cannot_be_taken_back(tenant: Tenant, deps: Deps) -> None:
    phone, job = an_offer(tenant)
    lease = stored(tenant, phone).last_lease
    assert lease is not None
    phone.call(phone.accept(job))
    assert not take_back_offer(deps, lease)
    assert status_of(tenant, job) is MessageStatus.ACCEPTED


def test_of_an_acceptance_and_a_revocation_that_saw_the_same_job_one_fails(tenant: Tenant, deps: Deps) -> None:
    driver, job = an_offer(tenant)
    phone = stored(tenant, driver)
    seen = get_message(deps.messages, tenant.account.id, ids.parse("msg", job["job_id"]) or 0, consistent=True)
    assert phone.last_lease is not None
    assert seen is not None
    take_back_offer(deps, phone.last_lease)
    with pytest.raises(ConditionFailed):
        accept_offer(deps, phone, seen, phone.last_lease.epoch)


@pytest.mark.parametrize(("change", "body"), [("cancel", None), ("reschedule", {"send_at": "2077-01-15T12:00:00Z"})])
def test_a_message_that_was_changed_meanwhile_cannot_be_accepted(tenant: Tenant, change: str, body: object) -> None:
    phone, job = an_offer(tenant)
    tenant.http.post(f"/v1/messages/{job['job_id']}/{change}", json=body).raise_for_status()
    assert refusals(phone.call(phone.accept(job))) == ["lease_lost"]


def test_an_offer_that_nobody_accepts_goes_back_and_its_late_acceptance_is_refused(
    tenant: Tenant, deps: Deps, clock: Clock
) -> None:
    phone, job = an_offer(tenant)
    clock.forward(seconds=299)
    settle_overdue(deps, stored(tenant, phone))
    assert "requeued" not in str(tenant.message(job["job_id"])["timeline"])
    clock.forward(seconds=2)
    settle_overdue(deps, stored(tenant, phone))
    assert "requeued" in str(tenant.message(job["job_id"])["timeline"])
    assert refusals(phone.call(phone.accept(job))) == ["lease_lost"]


def test_the_next_claim_writes_an_open_offer_down_and_it_can_still_be_accepted(tenant: Tenant, deps: Deps) -> None:
    """A phone with a long backlog claims in its first batch and accepts in its second."""
    phone, job = an_offer(tenant)
    other = tenant.send(phone_id=phone.device_id).json()["id"]
    [second] = phone.claim("the-next", have=[job["job_id"]])
    assert second["job_id"] == other
    assert status_of(tenant, job) is MessageStatus.LEASED
    number = ids.parse("phn", phone.device_id) or 0
    assert get_lease(deps.devices, tenant.account.id, number, "the-claim") is not None
    assert refusals(phone.call(phone.accept(job), phone.accept(second))) == []
    assert {status_of(tenant, job), status_of(tenant, second)} == {MessageStatus.LEASED, MessageStatus.ACCEPTED}
    assert tenant.message(job["job_id"])["status"] == "sending"


def test_an_offer_and_its_acceptance_take_three_write_units(tenant: Tenant, deps: Deps) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    phone.call(claim="awake")
    tenant.send(phone_id=phone.device_id)
    written: Counter[str] = count_writes(deps)
    [job] = phone.claim()
    assert sum(written.values()) == 1
    phone.call(phone.accept(job))
    assert sum(written.values()) == 3
