"""Whom a new batch wakes: as many as it needs, none with full hands, none of thousands at once."""

from __future__ import annotations

import pytest

from roost.domain.batches import LaneStatus
from roost.domain.instants import minute_of
from roost.storage import phones as phone_rows
from roost.storage.checks import checks_of
from roost.storage.phones import list_phones
from roost.usecases import dispatch_lanes as lanes
from tests.flows.test_batch_endings import changed
from tests.flows.test_recovery import Started
from tests.in_role import dispatch_changes
from tests.roost_fixtures import Tenant, new_tenant


def wake(tenant: Tenant, messages: int) -> int:
    """Wake for a batch of so many that only its record tells of. To how many phones a wake is then on its way."""
    changes = [changed(tenant, "grp_1", LaneStatus.DISPATCHING, messages)]
    dispatch_changes(tenant.deps, None, Started(), changes)  # type: ignore[arg-type]
    return sum(phone.woken_at is not None for phone in list_phones(tenant.deps.devices, tenant.account.id)[0])


def wakes(tenant: Tenant) -> int:
    return sum(phone.wakes for phone in list_phones(tenant.deps.devices, tenant.account.id)[0])


def test_a_new_batch_wakes_as_many_phones_as_it_has_messages_and_is_looked_at_when_it_is_due(tenant: Tenant) -> None:
    for _ in range(4):
        tenant.pair()
    assert wake(tenant, 3) == 3
    minute = minute_of(tenant.deps.now() + 86_400_000)
    assert {check.batch for _, check in checks_of(tenant.deps.devices, minute) if check.account == tenant.account.id}


def test_the_next_batch_wakes_the_others(tenant: Tenant) -> None:
    for _ in range(4):
        tenant.pair()
    assert [wake(tenant, 3), wake(tenant, 3)] == [3, 4]
    assert wakes(tenant) == 4, "none of them twice"


@pytest.mark.parametrize(("read", "at_once", "woken"), [(1_000, 200, 20), (1_000, 5, 5), (19, 200, 6)])
def test_of_many_phones_some_are_woken_and_the_others_come_by_themselves(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, read: int, at_once: int, woken: int
) -> None:
    for _ in range(20):
        tenant.pair()
    monkeypatch.setattr(phone_rows, "MOST_READ", read)
    monkeypatch.setattr(phone_rows, "FIRST", 2)
    monkeypatch.setattr(phone_rows, "MORE", 4)
    monkeypatch.setattr(lanes, "MOST_WOKEN", at_once)
    assert wake(tenant, 30) == woken


def test_an_account_with_many_phones_takes_no_wakes_from_another(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_WOKEN", 2)
    with new_tenant(tenant.deps, tenant.base_url, tenant.transport) as small:
        for each in (tenant, tenant, tenant, small):
            each.pair()
        changes = [changed(each, "grp_1", LaneStatus.DISPATCHING, 3) for each in (tenant, small)]
        dispatch_changes(tenant.deps, None, Started(), changes)  # type: ignore[arg-type]
        assert (wakes(tenant), wakes(small)) == (2, 1)


def test_one_phone_is_told_of_new_work_though_a_wake_is_on_its_way_to_all(tenant: Tenant) -> None:
    """It may be ending its wake just now, with a look into the queue from before."""
    tenant.pair()
    assert [wake(tenant, 3), wake(tenant, 3)] == [1, 1]
    assert wakes(tenant) == 2
