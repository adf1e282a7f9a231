"""Phones keep their pace: gap, warm-up, daily cap, quiet hours, in what they are handed out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def departures(jobs: list[dict[str, Any]]) -> list[datetime]:
    """When each job may leave, at the earliest."""
    return sorted(datetime.fromisoformat(job["not_before"]) for job in jobs)


def patch(tenant: Tenant, phone: PhoneDriver, **change: object) -> None:
    answer = tenant.http.patch(f"/v1/phones/{phone.device_id}", json=change)
    assert answer.status_code == 200, answer.text


def shown(tenant: Tenant, phone: PhoneDriver) -> dict[str, Any]:
    pacing: dict[str, Any] = tenant.http.get(f"/v1/phones/{phone.device_id}").json()["pacing"]
    return pacing


def handed_out_today(tenant: Tenant, phone: PhoneDriver, clock: Clock, most: int) -> int:
    """How many messages a phone gets in one day if it claims as often as it may."""
    total = 0
    for _ in range(10):
        tenant.send()
    many = {"to": [f"+1415{index:07d}" for index in range(most)], "body": "hi"}
    tenant.http.post("/v1/sms/batch", json=many).raise_for_status()
    for _ in range(most // 10 + 2):
        jobs = phone.claim(max=10)
        if jobs:
            phone.call(*[phone.event("job.sent", job) for job in jobs])
        total += len(jobs)
        clock.forward(minutes=1)
    return total


@pytest.mark.capability("8MS-21")
def test_the_second_of_two_leaves_240_seconds_after_the_first_and_never_16_in_an_hour(
    tenant: Tenant, clock: Clock
) -> None:
    phone = tenant.pair(paced=True)
    jobs: list[dict[str, Any]] = []
    for _ in range(20):
        tenant.send()
    for _ in range(12):
        jobs += phone.claim(have=[job["job_id"] for job in jobs])
        clock.forward(minutes=5)
    leaving = departures(jobs)
    assert (leaving[1] - leaving[0]).total_seconds() == 240
    assert all((later - earlier).total_seconds() >= 240 for earlier, later in pairwise(leaving))
    first_hour = [at for at in leaving if (at - leaving[0]).total_seconds() < 3_600]
    assert len(first_hour) == 15


@pytest.mark.capability("8MS-16", "8MS-17", "8MS-18", "8MS-19")
@pytest.mark.parametrize(
    ("day", "configured", "cap"),
    [
        (1, 200, 50),
        (7, 200, 50),
        (7, 30, 30),
        (8, 200, 100),
        (14, 200, 100),
        (15, 200, 150),
        (21, 200, 150),
        (22, 200, 200),
    ],
)
def test_the_cap_of_a_new_phone_grows_over_three_weeks(
    tenant: Tenant, clock: Clock, day: int, configured: int, cap: int
) -> None:
    phone = tenant.pair(paced=True)
    patch(tenant, phone, gap_seconds=0, daily_cap=configured, acknowledge=True)
    clock.forward(hours=24 * (day - 1))
    phone.call(claim="awake")
    assert shown(tenant, phone)["effective_daily_cap"] == cap
    assert handed_out_today(tenant, phone, clock, cap + 10) == cap
    assert shown(tenant, phone)["waits_for"] == "daily_cap"


@pytest.mark.capability("8MS-20")
def test_each_phone_has_its_own_cap_which_resets_the_next_day(tenant: Tenant, clock: Clock) -> None:
    first, second = tenant.pair(paced=True), tenant.pair(paced=True)
    for phone in (first, second):
        patch(tenant, phone, gap_seconds=0, daily_cap=3, acknowledge=True)
        for _ in range(5):
            tenant.send(phone_id=phone.device_id)
    jobs = first.claim()
    first.call(first.accept(*jobs))
    assert [len(jobs), len(second.claim()), len(first.claim())] == [3, 3, 0]
    assert shown(tenant, first)["booked_today"] == 3
    assert shown(tenant, first)["next_free_at"] == "2077-01-16T00:00:00.000Z"
    clock.forward(hours=16)
    assert len(first.claim()) == 2
    assert shown(tenant, first)["booked_today"] == 2


@pytest.mark.capability("8MS-22")
def test_nothing_leaves_in_quiet_hours_across_midnight_and_all_is_released_at_their_end(
    tenant: Tenant, clock: Clock
) -> None:
    phone = tenant.pair(paced=True)
    patch(tenant, phone, gap_seconds=0, acknowledge=True)
    patch(tenant, phone, quiet_from="21:00", quiet_to="08:00", timezone="America/New_York")
    tenant.send()
    tenant.send(priority="urgent")
    assert phone.claim() == [], "03:00 in New York"
    assert shown(tenant, phone)["waits_for"] == "quiet_hours"
    clock.forward(hours=4, minutes=59)
    jobs = phone.claim() + phone.claim()
    assert len(jobs) == 2
    assert {at.isoformat() for at in departures(jobs)} == {"2077-01-15T13:00:00+00:00"}, "08:00 in New York"


@pytest.mark.capability("8MS-23")
def test_tightening_is_free_and_loosening_needs_the_owners_word(tenant: Tenant) -> None:
    phone = tenant.pair(paced=True)
    url = f"/v1/phones/{phone.device_id}"
    for tighter in ({"gap_seconds": 300}, {"daily_cap": 20}, {"quiet_from": "20:00", "quiet_to": "09:00"}):
        assert tenant.http.patch(url, json=tighter).status_code == 200
    before = shown(tenant, phone)
    for looser in ({"gap_seconds": 60}, {"daily_cap": 500}, {"warm_up": False}):
        refused = tenant.http.patch(url, json=looser)
        assert (refused.status_code, refused.json()["code"]) == (409, "needs_acknowledgement")
        assert "acknowledge" in refused.json()["detail"]
    assert shown(tenant, phone) == before
    assert tenant.http.patch(url, json={"gap_seconds": 60, "acknowledge": True}).status_code == 200
    assert shown(tenant, phone)["gap_seconds"] == 60
    assert tenant.http.patch(url, json={"quiet_from": None, "quiet_to": None}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"quiet_from": "21:00"}, "quiet_from"),
        ({"gap_seconds": -1}, "gap_seconds"),
        ({"daily_cap": 1.5}, "daily_cap"),
    ],
    ids=str,
)
def test_wrong_pacing_names_the_field(tenant: Tenant, change: dict[str, object], field: str) -> None:
    phone = tenant.pair(paced=True)
    answer = tenant.http.patch(f"/v1/phones/{phone.device_id}", json=change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_an_urgent_message_overtakes_the_gap_and_counts_toward_the_cap(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair(paced=True)
    patch(tenant, phone, daily_cap=3)
    for _ in range(5):
        tenant.send()
    held = phone.claim(max=1)
    code = tenant.send(priority="urgent").json()["id"]
    [urgent] = phone.claim(have=[held[0]["job_id"]])
    assert urgent["job_id"] == code
    assert departures([urgent]) == departures(held), "at once, not 240 s later"
    have = [held[0]["job_id"], code]
    rest = phone.claim(have=have)
    assert len(rest) == 1
    tenant.send(priority="urgent")
    assert phone.claim(have=[*have, rest[0]["job_id"]]) == [], "the cap of 3 holds for codes too"


def test_a_cap_is_exact_under_claims_that_race(deployed: Tenant) -> None:
    phone = deployed.pair(paced=True)
    patch(deployed, phone, gap_seconds=0, daily_cap=5, acknowledge=True)
    for _ in range(12):
        deployed.send()
    bodies = [phone.body(claim=f"c{number}", max=3) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: phone.http.post("/phone/v1/callback", json=body), bodies))
    jobs = [job for answer in answers if answer.is_success for job in answer.json()["jobs"] if not job.get("reoffer")]
    assert len({job["job_id"] for job in jobs}) == len(jobs) <= 5


def test_a_message_that_waits_for_its_phones_pace_says_so_and_when_it_will_leave(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair(paced=True)
    patch(tenant, phone, daily_cap=1)
    tenant.send()
    assert len(phone.claim()) == 1
    sent = tenant.send().json()
    assert sent["status"] == "queued", "nothing to wake the phone for before tomorrow"
    read: dict[str, Any] = tenant.http.get(f"/v1/messages/{sent['id']}").json()
    for waiting in (sent["waiting"], read["waiting"]):
        assert (waiting["reason"], waiting["until"]) == ("daily_cap", "2077-01-16T00:00:00.000Z")
        assert "today's cap of 1" in waiting["detail"]
    [listed] = [entry for entry in tenant.http.get("/v1/messages").json()["data"] if entry["id"] == sent["id"]]
    assert listed["waiting"]["reason"] == "daily_cap"
