"""What a campaign costs in write units: as much as a batch, and nothing while it is counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from dev.write_units import count_writes
from roost.runtime.deps import Deps
from tests.flows.campaigns import a_campaign, add_contacts, do, look, shown, us_numbers
from tests.roost_fixtures import Clock, Tenant


@pytest.fixture
def written(deps: Deps) -> Counter[str]:
    return count_writes(deps)


def test_a_message_of_a_campaign_takes_at_most_three_write_units(
    tenant: Tenant, clock: Clock, written: Counter[str]
) -> None:
    """From the start to the last outcome, everything counted: chunks, lanes, pages, claims; each has its own text."""
    phones = [tenant.pair(), tenant.pair()]
    add_contacts(tenant, *us_numbers(300), first_name="Ana")
    campaign = a_campaign(tenant)
    for phone in phones:
        phone.call(claim="awake")
    written.clear()
    do(tenant, campaign, "start")
    look(tenant, campaign)
    reports: dict[str, list[dict[str, Any]]] = {phone.device_id: [] for phone in phones}
    taken = turn = 0
    while taken < 300 or any(reports.values()):
        phone, turn = phones[turn % 2], turn + 1
        clock.forward(seconds=1)
        jobs = phone.call(*reports[phone.device_id], claim=f"clm_{turn}")["jobs"]
        taken += len(jobs)
        clock.forward(seconds=1)
        phone.call(*([phone.accept(*jobs)] if jobs else []))
        reports[phone.device_id] = [phone.event("job.sent", job) for job in jobs]
    assert look(tenant, campaign) == {"done": True}
    assert shown(tenant, campaign)["counts"] == {"sent": 300}
    assert sum(written.values()) <= 3 * 300, dict(written)


def test_counting_a_campaign_writes_nothing(tenant: Tenant, written: Counter[str]) -> None:
    tenant.pair()
    add_contacts(tenant, *us_numbers(30))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    look(tenant, campaign)
    written.clear()
    assert shown(tenant, campaign)["counts"] == {"waiting": 30}
    do(tenant, campaign, "preview")
    assert sum(written.values()) == 0
