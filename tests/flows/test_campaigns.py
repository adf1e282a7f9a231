"""/v1/campaigns: each contact once, never who answered STOP, over pause, resume, crash and two starts."""

from __future__ import annotations

from collections import Counter

import pytest

from roost.domain.instants import MINUTE
from tests.flows.campaigns import (
    TEMPLATE,
    a_campaign,
    add_contacts,
    do,
    look,
    pull,
    pull_all,
    shown,
    started,
    us_numbers,
)
from tests.roost_fixtures import Clock, Tenant

ANA, BEN, EVE = "+34600000101", "+34600000102", "+34600000103"


def opt_out(tenant: Tenant, number: str) -> None:
    phone = tenant.pair("ear")
    data = {"from": number, "text": "STOP", "sim_id": "sim_a"}
    phone.call(phone.event("sms.received", data=data))
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False}).raise_for_status()


@pytest.mark.capability("8MS-34")
def test_a_campaign_is_created_as_a_draft_and_says_what_is_wrong_with_one(tenant: Tenant) -> None:
    made = tenant.http.post(
        "/v1/campaigns",
        json={
            "name": "Spring",
            "template": TEMPLATE,
            "contact_filter": {"tags": ["vip"], "exclude_dnc": True},
            "send_window": {"start": "09:00", "end": "18:00", "timezone": "Europe/Madrid", "days": [1, 2, 3, 4, 5]},
        },
    )
    assert made.status_code == 201
    assert made.json()["id"].startswith("cmp_")
    assert made.json()["status"] == "draft"
    refused = tenant.http.post("/v1/campaigns", json={})
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} == {"name", "template"}


@pytest.mark.capability("8MS-35")
def test_a_started_campaign_reaches_each_match_once_with_its_own_text_and_nobody_who_answered_stop(
    tenant: Tenant,
) -> None:
    phone = tenant.pair()
    add_contacts(tenant, ANA, first_name="Ana", tags=frozenset({"vip"}))
    add_contacts(tenant, BEN, tags=frozenset({"vip"}))
    add_contacts(tenant, EVE, first_name="Eve", tags=frozenset({"vip"}))
    add_contacts(tenant, "+34600000104", first_name="Not")
    opt_out(tenant, EVE)
    campaign = started(tenant, contact_filter={"tags": ["vip"]})
    texts = {job["to"]: job["text"] for job in pull_all(phone)}
    assert texts == {ANA: "Hi Ana, sale ends tonight", BEN: "Hi there, sale ends tonight"}
    assert look(tenant, campaign) == {"done": True}
    found = shown(tenant, campaign)
    assert (found["status"], found["recipients"], found["excluded"]) == ("completed", 2, {"opted_out": 1})
    assert found["counts"] == {"sent": 2}


def test_who_answers_stop_while_the_campaign_runs_gets_nothing_of_it(tenant: Tenant) -> None:
    phone = tenant.pair()
    add_contacts(tenant, ANA, BEN)
    campaign = started(tenant)
    opt_out(tenant, BEN)
    assert [job["to"] for job in pull_all(phone)] == [ANA]
    counts = shown(tenant, campaign)["counts"]
    assert counts.pop("sent") == 1
    assert sum(counts.values()) == 1
    assert counts.keys() <= {"opted_out", "canceled"}, "withdrawn at the STOP, or stopped at the claim"


def test_a_paused_campaign_gives_nothing_out_from_that_moment_and_goes_on_where_it_was(tenant: Tenant) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(30))
    campaign = started(tenant)
    sent = pull(phone)
    assert 0 < len(sent) < 30
    assert do(tenant, campaign, "pause")["status"] == "paused"
    assert pull(phone) == [], "the pause holds before anybody has touched the lanes"
    assert look(tenant, campaign) == {"done": True}
    assert pull(phone) == []
    do(tenant, campaign, "resume")
    look(tenant, campaign)
    sent += pull_all(phone)
    assert Counter(job["to"] for job in sent) == Counter(us_numbers(30))
    assert look(tenant, campaign) == {"done": True}


def test_a_campaign_waits_behind_nothing_while_another_is_paused(tenant: Tenant) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(3))
    for _ in range(4):
        paused = started(tenant)
        do(tenant, paused, "pause")
        look(tenant, paused)
    started(tenant, template="The other")
    assert [job["text"] for job in pull_all(phone)] == ["The other"] * 3


def test_what_no_phone_holds_of_a_canceled_campaign_never_leaves(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(20))
    campaign = started(tenant)
    held = phone.claim()
    assert do(tenant, campaign, "cancel")["status"] == "canceled"
    assert look(tenant, campaign) == {"done": True}
    phone.call(phone.accept(*held))
    phone.call(*(phone.event("job.sent", job) for job in held))
    assert pull_all(phone) == []
    assert shown(tenant, campaign)["counts"] == {"sent": len(held), "canceled": 20 - len(held)}
    refused = tenant.http.post(f"/v1/campaigns/{campaign}/resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_a_campaign_is_started_once_and_a_running_one_is_not_edited(tenant: Tenant) -> None:
    tenant.pair()
    add_contacts(tenant, ANA)
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    again = tenant.http.post(f"/v1/campaigns/{campaign}/start")
    assert (again.status_code, again.json()["detail"]) == (409, "This campaign was started before, and runs")
    edited = tenant.http.patch(f"/v1/campaigns/{campaign}", json={"template": "Other"})
    assert (edited.status_code, edited.json()["code"]) == (409, "wrong_state")
    assert tenant.http.delete(f"/v1/campaigns/{campaign}").status_code == 409


def test_two_runs_of_one_start_write_each_recipient_once(tenant: Tenant) -> None:
    """As an execution and the sweep's, or a task that Step Functions repeats."""
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(12))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    look(tenant, campaign)
    look(tenant, campaign)
    assert Counter(job["to"] for job in pull_all(phone)) == Counter(us_numbers(12))


@pytest.mark.parametrize(
    ("members", "field", "part"),
    [
        ({"template": "Hi {{frist_name}}"}, "template", "first_name, last_name, email, phone, city"),
        ({"template": "Hi {{first_name"}, "template", "other half"),
        ({"send_window": {"start": "09:00", "end": "18:00", "days": []}}, "send_window.days", "never opens"),
        ({"send_window": {"start": "09:00", "end": "09:00"}}, "send_window", "never opens"),
        ({"send_window": {"start": "09:00", "end": "10:00", "timezone": "Mars"}}, "send_window.timezone", "IANA"),
    ],
)
def test_what_could_never_work_is_refused_with_the_reason(
    tenant: Tenant, members: dict[str, object], field: str, part: str
) -> None:
    tenant.http.post("/v1/contacts", json={"number": ANA, "fields": {"city": "Vigo"}}).raise_for_status()
    body = {"name": "Sale", "template": TEMPLATE, **members}
    refused = tenant.http.post("/v1/campaigns", json=body)
    assert refused.status_code == 422, refused.text
    [error] = refused.json()["errors"]
    assert error["field"] == field
    assert part in error["problem"]


def test_without_money_a_campaign_pauses_says_why_and_goes_on_when_there_is_some(tenant: Tenant) -> None:
    phone = tenant.pair()
    add_contacts(tenant, ANA, BEN)
    tenant.top_up(credits=1)
    campaign = started(tenant)
    found = shown(tenant, campaign)
    assert (found["status"], found["stopped_by"]) == ("paused", "insufficient_credits")
    tenant.top_up(credits=1)
    do(tenant, campaign, "resume")
    look(tenant, campaign)
    assert sorted(job["to"] for job in pull_all(phone)) == [ANA, BEN]


def test_another_account_finds_nothing_of_it(tenant: Tenant, other_tenant: Tenant) -> None:
    campaign = a_campaign(tenant)
    assert other_tenant.http.get(f"/v1/campaigns/{campaign}").status_code == 404
    assert other_tenant.http.post(f"/v1/campaigns/{campaign}/start").status_code == 404
    assert [found["id"] for found in tenant.http.get("/v1/campaigns").json()["data"]] == [campaign]
    assert tenant.http.delete(f"/v1/campaigns/{campaign}").status_code == 204


def test_a_run_looks_less_often_the_older_it_is(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    add_contacts(tenant, ANA)
    campaign = started(tenant)
    clock.now += 100 * MINUTE
    answer = look(tenant, campaign)
    assert answer["done"] is False
    assert answer["wait_until"] == "2077-01-15T09:50:00.000Z"
