"""A campaign keeps its window and the recipients' own day; what a phone holds too long does not leave at night."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.flows.campaigns import a_campaign, add_contacts, do, look, pass_the_minute, pull, shown, started, us_numbers
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

MADRID, LONDON = "+34600000101", "+442079460958"


def local(instant: str, zone: str) -> time:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).time()


def a_day_of(tenant: Tenant, clock: Clock, campaign: str, *phones: PhoneDriver, hours: int) -> list[dict[str, Any]]:
    """Every quarter of an hour each phone claims, as it does when nothing is pushed."""
    sent: list[dict[str, Any]] = []
    for _ in range(hours * 4):
        pass_the_minute(tenant, campaign)
        sent += [job for phone in phones for job in pull(phone)]
        clock.forward(minutes=15)
    return sent


@pytest.mark.capability("8MS-35")
def test_nothing_leaves_outside_the_send_window_and_the_next_day_goes_on(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair(paced=True)
    add_contacts(tenant, *us_numbers(40))
    window = {"start": "09:00", "end": "10:00", "timezone": "UTC", "days": [1, 2, 3, 4, 5, 6, 7]}
    campaign = started(tenant, send_window=window)
    sent = a_day_of(tenant, clock, campaign, phone, hours=76)
    slots = [local(job["not_before"], "UTC") for job in sent]
    assert all(time(9) <= slot < time(10) for slot in slots), sorted(slots)
    assert all(job["not_after"].endswith("T10:00:00.000Z") for job in sent), "a phone that wakes up late lets it be"
    assert Counter(job["to"] for job in sent) == Counter(us_numbers(40))
    look(tenant, campaign)
    assert shown(tenant, campaign)["status"] == "completed"


def test_a_recipient_is_reached_by_day_where_it_is(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    zones = {"+13105550001": "America/Los_Angeles", "+61412345678": "Australia/Sydney", MADRID: "Europe/Madrid"}
    add_contacts(tenant, *zones)
    campaign = started(tenant, recipient_hours=True)
    sent = a_day_of(tenant, clock, campaign, phone, hours=26)
    assert Counter(job["to"] for job in sent) == Counter(list(zones))
    for job in sent:
        assert time(8) <= local(job["not_before"], zones[job["to"]]) < time(21)


def test_a_number_that_may_be_anywhere_in_a_country_is_reached_when_it_is_day_everywhere_there(
    tenant: Tenant, clock: Clock
) -> None:
    phone = tenant.pair()
    anywhere = "+18005550100"
    add_contacts(tenant, anywhere)
    campaign = started(tenant, recipient_hours=True)
    [job] = a_day_of(tenant, clock, campaign, phone, hours=26)
    for zone in ("Pacific/Honolulu", "America/New_York", "Pacific/Guam"):
        assert time(8) <= local(job["not_before"], zone) < time(21)


def test_a_pause_over_the_end_of_the_window_resumes_into_the_next(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    add_contacts(tenant, LONDON)
    campaign = started(tenant, send_window={"start": "09:00", "end": "10:00", "timezone": "UTC"})
    do(tenant, campaign, "pause")
    look(tenant, campaign)
    clock.forward(hours=4)
    do(tenant, campaign, "resume")
    look(tenant, campaign)
    [job] = a_day_of(tenant, clock, campaign, phone, hours=26)
    assert job["not_before"].startswith("2077-01-16T09:")


def test_a_preview_counts_only_the_hours_in_which_somebody_may_be_reached(tenant: Tenant, clock: Clock) -> None:
    """A new phone has a slot every four minutes: fifteen in an hour."""
    tenant.pair(paced=True)
    add_contacts(tenant, *us_numbers(20))
    window = {"start": "09:00", "end": "10:00", "timezone": "UTC"}
    campaign = a_campaign(tenant, send_window=window)
    found = do(tenant, campaign, "preview")
    assert local(found["opens_at"], "UTC") == time(9)
    finish = datetime.fromisoformat(found["finishes_at"])
    assert time(9) <= finish.time() < time(10)
    assert finish - datetime.fromisoformat(found["opens_at"]) > timedelta(hours=23), "the second day"
