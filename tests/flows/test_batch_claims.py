"""Phones pull from batches: nothing to two phones, sizes that leave nobody with a pile, nothing lost in between."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from roost.domain.messages import MessageStatus
from roost.storage.messages import get_message, lease_unwritten
from roost.storage.phones import get_phone
from roost.usecases.revoke_lease import take_back_unwritten
from tests.flows.batch_deaths import dying_behind
from tests.flows.test_batches import listed, numbers, send_all
from tests.flows.test_recovery import Started, number_of, swept_at
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

Job = dict[str, Any]


def take(phone: PhoneDriver, have: list[Job]) -> list[Job]:
    """One claim, accepted and reported as sent."""
    jobs = phone.claim(have=[job["job_id"] for job in have])
    if jobs and jobs[0]["grant"] == "confirm":
        phone.call(phone.accept(*jobs))
    phone.call(*(phone.event("job.sent", job) for job in jobs))
    return jobs


def minutes_pass(tenant: Tenant, clock: Clock, minutes: int) -> None:
    for _ in range(minutes):
        swept_at(tenant.deps, clock, Started())


def test_a_lone_phone_drains_a_batch_each_message_once(tenant: Tenant) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 45).json()
    taken = []
    while jobs := take(phone, []):
        taken += jobs
    assert sorted(job["job_id"] for job in taken) == sorted(message["id"] for message in batch["messages"])
    assert {job["text"] for job in taken} == {"Sale ends tonight"}
    assert sorted(job["to"] for job in taken) == numbers(45)
    assert tenant.http.get(f"/v1/groups/{batch['group_id']}").json()["status"] == {"sent": 45}


def test_claims_shrink_as_the_pool_runs_dry(tenant: Tenant) -> None:
    """ceil(remaining / 2 phones), at most 10."""
    phones = [tenant.pair(), tenant.pair()]
    send_all(tenant, 60)
    sizes: list[int] = []
    while jobs := take(phones[len(sizes) % 2], []):
        sizes.append(len(jobs))
    assert sizes == [10, 10, 10, 8, 6, 4, 3, 3, 2, 1, 1, 1, 1]


def test_what_waits_in_the_batches_behind_counts_as_remaining(tenant: Tenant) -> None:
    phones = [tenant.pair(), tenant.pair()]
    send_all(tenant, 30)
    send_all(tenant, 30)
    sizes: list[int] = []
    while jobs := take(phones[len(sizes) % 2], []):
        sizes.append(len(jobs))
    assert sizes == [10, 10, 10, 8, 6, 4, 3, 3, 2, 1, 1, 1, 1]


def test_a_claim_stays_within_the_slots_that_a_phone_has_left_today(tenant: Tenant) -> None:
    phone = tenant.pair()
    change = {"gap_seconds": 0, "daily_cap": 3, "acknowledge": True}
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json=change).raise_for_status()
    send_all(tenant, 40)
    assert len(take(phone, [])) == 3
    assert take(phone, []) == []


def test_a_claim_stays_within_the_segments_that_the_phone_said_it_has(tenant: Tenant) -> None:
    phone = tenant.pair()
    texts = [{"to": "+14155551234", "body": "x" * 300}, {"to": "+14155551235", "body": "x"}] * 3
    tenant.http.post("/v1/sms/batch", json={"messages": texts, "senders": [f"{phone.device_id}|0"]}).raise_for_status()
    jobs = phone.claim(sims=[{"slot": 0, "sim_id": "sim_a", "state": "in_service", "free_segments": 4}])
    assert [job["segments"] for job in jobs] == [2, 1]


def test_a_single_message_goes_before_a_batch_of_bulk(tenant: Tenant) -> None:
    phone = tenant.pair()
    send_all(tenant, 20)
    single = tenant.send().json()["id"]
    jobs = phone.claim()
    assert jobs[0]["job_id"] == single
    assert len(jobs) == 10


def test_an_urgent_batch_overtakes_a_waiting_one(tenant: Tenant) -> None:
    phone = tenant.pair()
    send_all(tenant, 20)
    urgent = send_all(tenant, 2, priority="urgent").json()
    assert [job["job_id"] for job in take(phone, [])] == [urgent["messages"][0]["id"]]
    assert [job["job_id"] for job in take(phone, [])] == [urgent["messages"][1]["id"]]
    assert len(take(phone, [])) == 10


def test_a_repeated_claim_gets_the_same_jobs(tenant: Tenant) -> None:
    phones = [tenant.pair(), tenant.pair()]
    send_all(tenant, 40)
    first = phones[0].claim("c1")
    assert phones[0].claim("c1") == first
    assert not {job["job_id"] for job in phones[1].claim()} & {job["job_id"] for job in first}


@pytest.mark.parametrize("written", [0, 1, 5])
def test_a_claim_that_died_after_it_took_from_the_lane_is_completed_by_its_repeat(tenant: Tenant, written: int) -> None:
    phone = tenant.pair()
    tenant.pair()
    send_all(tenant, 40)
    claim_and_die(phone, written)
    jobs = phone.claim("c1")
    assert len(jobs) == 10
    phone.call(phone.accept(*jobs))
    assert Counter(message["status"] for message in listed(tenant)) == {"sending": 10, "queued": 30}


def claim_and_die(phone: PhoneDriver, written: int) -> None:
    """The function dies behind the transaction, when `written` jobs are items."""
    with dying_behind(written):
        assert phone.http.post("/phone/v1/callback", json=phone.body(claim="c1")).status_code == 500


@pytest.mark.parametrize("written", [0, 2])
@pytest.mark.parametrize("others", [0, 1])
def test_what_a_dead_claim_took_goes_to_somebody_when_its_phone_never_comes_back(
    tenant: Tenant, clock: Clock, written: int, others: int
) -> None:
    """Under both grants: a lone phone gets `direct` ones, of which there is no lease record."""
    phone = tenant.pair()
    helpers = [tenant.pair() for _ in range(others)]
    send_all(tenant, 10, ttl_seconds=7_200)
    claim_and_die(phone, written)
    minutes_pass(tenant, clock, 12)
    taken = [job for helper in [*helpers, phone] for _ in range(8) for job in take(helper, [])]
    everybody = [job["job_id"] for job in taken]
    assert len(set(everybody)) == len(everybody)
    granted_directly = 0 if others else written
    assert len(everybody) == 10 - granted_directly, "of those that are items the phone is asked, nobody else gets them"


def test_a_new_claim_finds_what_the_last_one_took_and_never_wrote(tenant: Tenant) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 10).json()
    claim_and_die(phone, 4)
    taken: list[Job] = []
    while jobs := take(phone, taken):
        taken += jobs
    sent = {job["job_id"] for job in taken}
    held = {message["id"] for message in listed(tenant, status="sending")}
    assert sent | held == {message["id"] for message in batch["messages"]}
    assert len(held) == 4, "written down but in no answer: the phone is asked about them"


def test_a_claim_that_wakes_after_its_jobs_were_taken_back_takes_none_of_them(tenant: Tenant) -> None:
    phone = tenant.pair()
    send_all(tenant, 3)
    claim_and_die(phone, 0)
    account, messages, now = tenant.account.id, tenant.deps.messages, tenant.deps.now()
    stale = get_phone(tenant.deps.devices, account, number_of(phone), consistent=True)
    assert stale is not None
    assert stale.last_lease is not None
    lease = stale.last_lease
    lost = [get_message(messages, account, job_id, consistent=True) for job_id in lease.job_ids]
    take_back_unwritten(tenant.deps, lease)
    for message in lost:
        assert message is not None
        assert not message.is_written
        assert lease_unwritten(messages, lease, message, now, now) is None
    again = [job["job_id"] for job in phone.claim("c2")]
    assert again[: len(lost)] == [f"msg_{job_id}" for job_id in lease.job_ids], "and they go before the rest"


def test_claims_that_race_for_a_lane_get_different_messages(deployed: Tenant) -> None:
    phones = [deployed.pair() for _ in range(4)]
    send_all(deployed, 80)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(claim_until_served, phones))
    jobs = [job["job_id"] for answer in answers for job in answer]
    assert len(jobs) == len(set(jobs))
    assert all(answers)


def claim_until_served(phone: PhoneDriver) -> list[Job]:
    """As a phone does: the same claim again while the server says to try later."""
    while (answer := phone.http.post("/phone/v1/callback", json=phone.body(claim="c1"))).status_code == 503:
        pass
    jobs: list[Job] = answer.json()["jobs"]
    return jobs


def test_a_lease_of_a_batch_nobody_accepted_goes_to_another_phone(tenant: Tenant, clock: Clock) -> None:
    silent, helper = tenant.pair(), tenant.pair()
    send_all(tenant, 4)
    lost = silent.claim()
    clock.forward(minutes=6)
    silent.call()
    clock.forward(minutes=1)
    taken = [job for _ in range(6) for job in take(helper, [])]
    back = [job for _ in range(6) for job in take(silent, [])]
    everybody = [job["job_id"] for job in taken + back]
    assert len(everybody) == len(set(everybody)) == 4
    assert {job["job_id"] for job in lost} <= set(everybody)


def test_a_report_for_a_message_of_a_batch_that_nobody_got_is_refused(tenant: Tenant) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 3).json()
    forged = {"job_id": batch["messages"][0]["id"], "attempt": 1, "lease_epoch": 1}
    answer = phone.call(phone.event("job.sent", forged))
    assert [refused["code"] for refused in answer["rejected"]] == ["not_yours"]
    assert tenant.message(forged["job_id"])["status"] == MessageStatus.QUEUED


def test_a_throttled_batch_is_refused_whole(tenant: Tenant) -> None:
    """What a full table leaves unprocessed is put one by one; when that fails too, nobody sees any of it."""
    tenant.pair()
    client = tenant.deps.messages.meta.client

    def nothing_processed(**parameters: Any) -> dict[str, Any]:
        return {"UnprocessedItems": parameters["RequestItems"]}

    def throttled(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}, "PutItem")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "batch_write_item", nothing_processed)
        assert send_all(tenant, 90).status_code == 201
        patch.setattr(tenant.deps.messages, "put_item", throttled)
        refused = send_all(tenant, 90)
    assert (refused.status_code, refused.json()["code"]) == (503, "try_later")
    assert len(listed(tenant)) == 90
