"""A campaign's run that dies before or behind any write, and its second net: each recipient once all the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from roost.domain.batches import Lane, LaneStatus
from roost.domain.instants import MINUTE, minute_of
from roost.storage.batches import lanes_of, put_chunks
from roost.storage.campaigns import pages_of
from roost.storage.checks import Check, checks_of
from roost.storage.lanes import change_lane
from roost.usecases import campaign_hours as hours_module
from roost.usecases import run_campaign as run_module
from roost.usecases import send_batch as batch_module
from tests.flows.campaigns import a_campaign, add_contacts, do, look, number_of, pull_all, shown, us_numbers
from tests.in_role import look_after_campaign
from tests.roost_fixtures import Clock, Tenant


class Killed(BaseException):
    """The function is gone."""


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("write", [1, 2, 3, 4, 5, 6])
def test_each_recipient_gets_it_once_wherever_the_run_dies(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, write: int, behind: bool
) -> None:
    """Two pages of recipients; every write of the run is one of those it dies at, in turn."""
    monkeypatch.setattr(run_module, "PAGE", 8)
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(12))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    client = tenant.deps.messages.meta.client
    counted = Counter[str]()

    def before(model: Any, **_: object) -> None:
        counted["before"] += model.name in WRITES
        if not behind and counted["before"] == write:
            counted["before"] += 1
            raise Killed

    def after(model: Any, **_: object) -> None:
        counted["after"] += model.name in WRITES
        if behind and counted["after"] == write:
            counted["after"] += 1
            raise Killed

    for name, handler in (("before-call", before), ("after-call", after)):
        client.meta.events.register(f"{name}.dynamodb.*", handler, unique_id=f"kill-{name}")
    try:
        with pytest.raises(Killed):
            look(tenant, campaign)
    finally:
        for name, handler in (("before-call", before), ("after-call", after)):
            client.meta.events.unregister(f"{name}.dynamodb.*", handler, unique_id=f"kill-{name}")
    look(tenant, campaign)
    assert Counter(job["to"] for job in pull_all(phone)) == Counter(us_numbers(12))
    assert look(tenant, campaign) == {"done": True}
    assert shown(tenant, campaign)["recipients"] == 12


WRITES = frozenset({"PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"})


def test_a_run_that_a_pause_overtakes_in_the_middle_of_a_page_writes_nothing_more(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(5))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    real = put_chunks

    def overtaken(*arguments: Any) -> None:
        monkeypatch.setattr(batch_module, "put_chunks", real)
        real(*arguments)
        do(tenant, campaign, "pause")

    monkeypatch.setattr(batch_module, "put_chunks", overtaken)
    assert look(tenant, campaign)["done"] is False
    assert shown(tenant, campaign)["recipients"] == 0
    do(tenant, campaign, "resume")
    look(tenant, campaign)
    assert len(pull_all(phone)) == 5


class Started:
    """Stands for Step Functions: what was started."""

    def __init__(self) -> None:
        self.names: list[tuple[int, int]] = []

    def run_campaign(self, account: str, campaign: int, epoch: int, at: int) -> None:
        self.names.append((campaign, epoch))


def test_the_sweep_starts_what_a_lost_stream_record_would_have_started(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    add_contacts(tenant, *us_numbers(1))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    found = [check for _, check in checks_of(tenant.deps.devices, minute_of(clock.now))]
    check = Check(tenant.account.id, campaign=number_of(campaign))
    assert check in found
    started = Started()
    look_after_campaign(tenant.deps, started, check)  # type: ignore[arg-type]
    assert started.names == [(number_of(campaign), 1)]
    within = [minute_of(clock.now + minutes * MINUTE) for minutes in range(1, 12)]
    assert check in [later for minute in within for _, later in checks_of(tenant.deps.devices, minute)]


def test_a_pause_is_one_of_every_lane_also_of_one_that_changed_meanwhile(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(2))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    look(tenant, campaign)
    do(tenant, campaign, "pause")
    real = change_lane

    def overtaken(table: Any, before: Lane, after: Lane) -> None:
        monkeypatch.setattr(hours_module, "change_lane", real)
        real(table, before, replace(before, due_at=before.due_at + 1))
        real(table, before, after)

    monkeypatch.setattr(hours_module, "change_lane", overtaken)
    assert look(tenant, campaign) == {"done": True}
    [page] = pages_of(tenant.deps.contacts, tenant.account.id, number_of(campaign))
    lanes = lanes_of(tenant.deps.messages, tenant.account.id, page.base)
    assert {lane.status for lane in lanes} == {LaneStatus.PAUSED}
    assert pull_all(phone) == []
