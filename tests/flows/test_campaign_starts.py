"""What a preview shows and a start refuses: nobody to reach, hours that never come, more than the phones can send."""

from __future__ import annotations

import pytest

from roost.domain.contacts import Contact
from roost.domain.instants import MINUTE
from roost.storage.contacts import to_item
from roost.usecases import preview_campaign as preview_module
from tests.flows.campaigns import a_campaign, add_contacts, do, look, pull_all, shown, started, us_numbers
from tests.flows.test_campaigns import ANA, opt_out
from tests.roost_fixtures import Clock, Tenant


def test_an_empty_audience_is_refused_with_the_reasons(tenant: Tenant) -> None:
    tenant.pair()
    add_contacts(tenant, ANA)
    opt_out(tenant, ANA)
    for members, detail in (
        ({"contact_filter": {"tags": ["nobody"]}}, "No contact matches the filter: GET /v1/contacts shows yours"),
        ({}, "Nobody would get this campaign: 1 opted_out"),
    ):
        campaign = a_campaign(tenant, **members)
        refused = tenant.http.post(f"/v1/campaigns/{campaign}/start")
        assert (refused.status_code, refused.json()["detail"]) == (409, detail)


def test_an_empty_audience_is_refused_also_among_many_contacts(tenant: Tenant) -> None:
    tenant.pair()
    with tenant.deps.contacts.batch_writer() as batch:
        for number in range(2_100):
            contact = Contact(tenant.account.id, f"+1212{number:07d}", tenant.deps.now())
            batch.put_item(Item=to_item(contact))
    campaign = a_campaign(tenant, contact_filter={"tags": ["vpi"]})
    refused = tenant.http.post(f"/v1/campaigns/{campaign}/start")
    assert (refused.status_code, refused.json()["code"]) == (409, "empty_audience")


def test_a_campaign_that_reached_nobody_after_all_says_why(tenant: Tenant) -> None:
    tenant.pair()
    add_contacts(tenant, ANA)
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    opt_out(tenant, ANA)
    assert look(tenant, campaign) == {"done": True}
    found = shown(tenant, campaign)
    assert (found["status"], found["stopped_by"], found["recipients"]) == ("completed", "empty_audience", 0)
    assert found["excluded"] == {"opted_out": 1}


def test_a_window_that_is_night_for_everybody_is_refused(tenant: Tenant) -> None:
    tenant.pair()
    add_contacts(tenant, ANA)
    window = {"start": "22:00", "end": "23:00", "timezone": "Europe/Madrid"}
    campaign = a_campaign(tenant, send_window=window, recipient_hours=True)
    refused = tenant.http.post(f"/v1/campaigns/{campaign}/start")
    assert refused.status_code == 422
    assert "never opens between 8 and 21" in refused.json()["detail"]


def test_a_preview_says_who_gets_it_who_does_not_what_it_takes_and_until_when(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair(paced=True)
    add_contacts(tenant, *us_numbers(3), first_name="Ana")
    add_contacts(tenant, ANA)
    campaign = a_campaign(tenant, template="Hi {{first_name}} €", recipient_hours=False)
    found = do(tenant, campaign, "preview")
    assert (found["exact"], found["recipients"], found["segments"]) == (True, 3, 3)
    assert found["excluded"] == {"missing_field": 1}
    assert found["examples"][0] == {"to": us_numbers(1)[0], "body": "Hi Ana €"}
    started(tenant, template="Hi {{first_name}} €")
    slots = [job["not_before"] for job in pull_all(phone)]
    clock.forward(minutes=5)  # what it holds now ends before its next poll could be late
    slots += [job["not_before"] for job in pull_all(phone)]
    assert max(slots) == found["finishes_at"], "the bound is what one phone reaches"


def test_what_the_phones_cannot_send_within_its_lifetime_is_not_started(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_module, "LIFETIME", 20 * MINUTE)
    tenant.pair(paced=True)
    add_contacts(tenant, *us_numbers(7))
    campaign = a_campaign(tenant)
    assert do(tenant, campaign, "preview")["in_time"] is False, "the seventh leaves after 24 minutes"
    refused = tenant.http.post(f"/v1/campaigns/{campaign}/start")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_in_time")
    tenant.pair(paced=True)
    assert do(tenant, campaign, "preview")["in_time"] is True
    assert do(tenant, campaign, "start")["status"] == "running"


def test_a_resume_says_when_the_pause_took_the_time_that_is_needed(tenant: Tenant, clock: Clock) -> None:
    tenant.pair(paced=True)
    add_contacts(tenant, *us_numbers(3))
    campaign = started(tenant)
    assert shown(tenant, campaign)["in_time"] is True
    do(tenant, campaign, "pause")
    clock.forward(hours=30 * 24 - 0.1)
    assert do(tenant, campaign, "resume")["in_time"] is False
