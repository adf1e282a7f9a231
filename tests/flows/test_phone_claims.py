"""What a phone is given to send: leased to one claim, however often and by how many it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.roost_fixtures import Clock, Tenant


def test_the_same_claim_gets_the_same_lease(tenant: Tenant) -> None:
    phone = tenant.pair()
    for _ in range(3):
        tenant.send()
    first = phone.claim("lost answer")
    again = phone.claim("lost answer")
    assert len(first) == 3
    assert {(job["job_id"], job["lease_epoch"]) for job in first} == {
        (job["job_id"], job["lease_epoch"]) for job in again
    }
    assert phone.claim("another claim") == []


def test_a_repeated_claim_leaves_out_what_is_resolved(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    tenant.send()
    first, second = phone.claim("c")
    phone.call(phone.event("job.sent", first))
    assert [job["job_id"] for job in phone.claim("c")] == [second["job_id"]]


def test_one_claim_delivered_many_times_at_once_makes_one_lease(deployed: Tenant) -> None:
    phone = deployed.pair()
    for _ in range(5):
        deployed.send()
    body = phone.body(claim="c1")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: phone.http.post("/phone/v1/callback", json=body).json()["jobs"], range(6)))
    leases = {(job["job_id"], job["lease_epoch"]) for jobs in answers for job in jobs}
    assert len(leases) == 5
    assert len({epoch for _, epoch in leases}) == 1


def test_no_message_is_leased_to_two_claims_that_race(deployed: Tenant) -> None:
    """A claim that loses too often is told to come again (503) and has leased nothing."""
    phone = deployed.pair()
    sent = {deployed.send().json()["id"] for _ in range(8)}
    bodies = [phone.body(claim=f"c{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda body: phone.http.post("/phone/v1/callback", json=body), bodies))
    assert {answer.status_code for answer in answers} <= {200, 503}
    jobs = [job for answer in answers if answer.is_success for job in answer.json()["jobs"]]
    granted = [job["job_id"] for job in jobs if not job.get("reoffer")]
    assert len(granted) == len(set(granted))
    assert set(granted) <= sent


def test_a_lone_phone_may_send_at_once_and_several_confirm_first(tenant: Tenant) -> None:
    alone = tenant.pair()
    tenant.send()
    assert [job["grant"] for job in alone.claim()] == ["direct"]
    tenant.pair()
    tenant.send(phone_id=alone.device_id)
    assert [job["grant"] for job in alone.claim()] == ["confirm"]


def test_urgent_jobs_come_first_and_alone(tenant: Tenant, clock: Clock) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    slow = [tenant.send(phone_id=phone.device_id, priority="bulk").json()["id"] for _ in range(2)]
    code = tenant.send(phone_id=phone.device_id, priority="urgent").json()["id"]
    first = phone.call(claim="c1")
    assert [(job["job_id"], job["grant"]) for job in first["jobs"]] == [(code, "direct")]
    assert first["next_poll_seconds"] == 0
    second = phone.call(claim="c2", have=[code])
    assert sorted(job["job_id"] for job in second["jobs"]) == sorted(slow)
    assert second["next_poll_seconds"] > 0


def test_an_acceptance_is_acknowledged_however_often_it_comes(tenant: Tenant) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    tenant.send(phone_id=phone.device_id)
    accepted = phone.accept(*phone.claim())
    for _ in range(3):
        answer = phone.call(accepted)
        assert (answer["acked"], answer["rejected"]) == ([accepted["event_id"]], [])


def test_a_lease_never_accepted_is_taken_back_and_its_late_acceptance_refused(tenant: Tenant, clock: Clock) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    sent = tenant.send(phone_id=phone.device_id).json()["id"]
    [lost] = phone.claim()
    clock.forward(seconds=299)
    assert phone.claim("too early") == [], "the lease may still be accepted"
    phone_two = tenant.pair()
    tenant.send(phone_id=phone_two.device_id)
    [waiting] = phone_two.claim()
    clock.forward(seconds=301)
    [again] = phone_two.claim("after the lease")
    assert (again["job_id"], again["attempt"]) == (waiting["job_id"], 1)
    assert again["lease_epoch"] > waiting["lease_epoch"]
    late = phone_two.accept(waiting)
    answer = phone_two.call(late)
    assert answer["rejected"] == [{"event_id": late["event_id"], "code": "lease_lost", "permanent": True}]
    assert lost["job_id"] == sent


def test_an_accepted_lease_is_never_taken_back(tenant: Tenant, clock: Clock) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    tenant.send(phone_id=phone.device_id)
    [job] = phone.claim()
    phone.call(phone.accept(job))
    clock.forward(hours=5)
    assert phone.claim() == []
    assert tenant.message(job["job_id"])["status"] == "sending"


def test_a_job_given_back_is_offered_again_with_the_same_attempt(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    [job] = phone.claim()
    phone.call(phone.event("job.released", job, data={"reason": "not_held"}))
    [again] = phone.claim()
    assert (again["job_id"], again["attempt"]) == (job["job_id"], job["attempt"])


def test_a_message_past_its_deadline_is_not_handed_out(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    sent = tenant.send(ttl_seconds=60).json()["id"]
    clock.forward(seconds=60)
    assert phone.claim() == []
    assert tenant.message(sent)["status"] == "expired"


@pytest.mark.parametrize(
    "claim",
    [
        {"max": 0},
        {"sims": [{"slot": 0, "sim_id": "sim_a", "free_segments": 0}]},
        {"sims": [{"slot": 0, "sim_id": "a", "day_left": 0}]},
    ],
    ids=str,
)
def test_a_phone_without_room_gets_nothing(tenant: Tenant, claim: dict[str, Any]) -> None:
    phone = tenant.pair()
    tenant.send()
    assert phone.claim(**claim) == []


def test_a_claim_brings_at_most_ten_jobs_and_as_many_as_the_phone_wants(tenant: Tenant) -> None:
    phone = tenant.pair()
    for _ in range(14):
        tenant.send()
    assert len(phone.claim(max=3)) == 3
    assert len(phone.claim(max=50)) == 10
    assert len(phone.claim(max=50)) == 1
