"""A campaign that is canceled or paused keeps also what a phone had once: what comes back of it does not leave."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from roost.storage.batches import lanes_of
from roost.usecases import follow_campaign as follow_module
from roost.usecases import run_campaign as run_module
from roost.usecases.cancel_message import cancel_message
from roost.usecases.groups import messages_of_group
from tests.flows.campaigns import add_contacts, do, look, pull_all, shown, started, us_numbers
from tests.roost_fixtures import Clock, Tenant

NOT_SUBMITTED = {"error": {"class": "not_submitted", "name": "NO_SERVICE"}}


def test_what_a_phone_was_offered_of_a_canceled_campaign_ends_when_its_lease_does(tenant: Tenant, clock: Clock) -> None:
    phones = [tenant.pair(), tenant.pair()]
    add_contacts(tenant, *us_numbers(20))
    campaign = started(tenant)
    assert phones[0].claim(), "under a lease that it never accepts: its network is gone"
    do(tenant, campaign, "cancel")
    assert look(tenant, campaign) == {"done": True}
    clock.forward(minutes=6)
    assert pull_all(*phones) == []
    assert shown(tenant, campaign)["counts"] == {"canceled": 20}


def test_a_phone_is_asked_to_drop_what_it_holds_of_a_canceled_campaign(tenant: Tenant) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(20))
    campaign = started(tenant)
    held = phone.claim()
    do(tenant, campaign, "cancel")
    look(tenant, campaign)
    assert [tenant.message(job["job_id"])["status"] for job in held] == ["canceling"] * len(held)
    phone.call(*(phone.event("job.failed", job, data=NOT_SUBMITTED) for job in held))
    assert shown(tenant, campaign)["counts"] == {"failed": len(held), "canceled": 20 - len(held)}, "no other attempt"


def test_a_cancel_that_takes_longer_than_a_look_goes_on_where_it_was(
    tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "PAGE", 3)
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(9))
    campaign = started(tenant)
    held = phone.claim() + phone.claim() + phone.claim()
    assert len(held) >= 6
    do(tenant, campaign, "cancel")
    canceled, walked = Counter[int](), Counter[int]()

    def slow(deps: Any, account: str, message: int) -> Any:
        canceled[message] += 1
        clock.forward(seconds=7)
        return cancel_message(deps, account, message)

    def counted(deps: Any, account: str, group: int) -> Any:
        walked[group] += 1
        return messages_of_group(deps, account, group)

    monkeypatch.setattr(follow_module, "cancel_message", slow)
    monkeypatch.setattr(follow_module, "messages_of_group", counted)
    looks = 1
    while not look(tenant, campaign)["done"]:
        looks += 1
    assert looks > 3
    assert len(canceled) == len(held)
    assert set(canceled.values()) == {1}, "what was asked for once is not asked for again"
    assert sum(walked.values()) < 3 * looks, "a page that is done is not looked at again"


def test_what_comes_back_of_a_paused_campaign_waits_for_its_resume_and_nothing_waits_behind_it(
    tenant: Tenant, clock: Clock
) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(24))
    campaign = started(tenant)
    held: list[dict[str, Any]] = []
    while len(held) < 24:
        held += phone.claim(have=[job["job_id"] for job in held])
    phone.call(*(phone.event("job.failed", job, data=NOT_SUBMITTED) for job in held))
    do(tenant, campaign, "pause")
    clock.forward(minutes=1)
    assert shown(tenant, campaign)["counts"] == {"waiting": 24}, "each for its second attempt, which is due"
    assert phone.claim() == []
    other = tenant.send(priority="bulk").json()["id"]
    assert [job["job_id"] for job in pull_all(phone)] == [other]
    do(tenant, campaign, "resume")
    assert Counter(job["to"] for job in pull_all(phone)) == Counter(us_numbers(24))


def test_a_claim_reads_the_state_of_a_campaign_as_it_was_written_last(tenant: Tenant) -> None:
    """Else a pause would hold some time after it was confirmed; the engine is never late by itself."""
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(2))
    started(tenant)
    asked: list[bool] = []

    def note(params: dict[str, Any], **_: object) -> None:
        if str(params["Key"].get("sk", "")).startswith("campaign#"):
            asked.append(params.get("ConsistentRead", False))

    tenant.deps.contacts.meta.client.meta.events.register("provide-client-params.dynamodb.GetItem", note)
    assert phone.claim()
    assert set(asked) == {True}, "once more if the stream wakes the phone meanwhile"


def test_a_page_is_followed_once_for_each_state_and_not_at_every_look(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "PAGE", 3)
    tenant.pair()
    add_contacts(tenant, *us_numbers(6))
    campaign = started(tenant)
    followed = Counter[int]()

    def counted(table: Any, account: str, base: int) -> Any:
        followed[base] += 1
        return lanes_of(table, account, base)

    monkeypatch.setattr(follow_module, "lanes_of", counted)
    seen = []
    for action in (None, "pause", "resume"):
        if action is not None:
            do(tenant, campaign, action)
        for _ in range(2):
            look(tenant, campaign)
            seen.append(followed.total())
    assert seen[0] == seen[1] == 0, "pages are written as the state has them"
    assert seen[2:] == [2, 2, 4, 4]
