"""A tenant's campaign moved by hand: contacts put in, its run looked at, phones that pull until nothing is left."""

from __future__ import annotations

from typing import Any

from roost.domain.batches import LaneStatus
from roost.domain.contacts import Contact
from roost.domain.ids import parse
from roost.domain.instants import minute_of
from roost.storage.batches import lanes_of
from roost.storage.campaigns import get_campaign, pages_of
from roost.storage.contacts import save_contact
from tests.in_role import release_minute, run_campaign, settle_batch
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

TEMPLATE = "Hi {{first_name|there}}, sale ends tonight"


def us_numbers(count: int) -> list[str]:
    """New York's."""
    return [f"+1212555{index:04d}" for index in range(count)]


def add_contacts(tenant: Tenant, *numbers: str, **members: Any) -> None:
    for number in numbers:
        save_contact(tenant.deps.contacts, None, Contact(tenant.account.id, number, tenant.deps.now(), **members))


def a_campaign(tenant: Tenant, **members: Any) -> str:
    body = {"name": "Sale", "template": TEMPLATE, "recipient_hours": False, **members}
    answer = tenant.http.post("/v1/campaigns", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def do(tenant: Tenant, campaign: str, action: str) -> dict[str, Any]:
    answer = tenant.http.post(f"/v1/campaigns/{campaign}/{action}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(tenant: Tenant, campaign: str) -> dict[str, Any]:
    found: dict[str, Any] = tenant.http.get(f"/v1/campaigns/{campaign}").json()
    return found


def number_of(campaign: str) -> int:
    number = parse("cmp", campaign)
    assert number is not None
    return number


def look(tenant: Tenant, campaign: str) -> dict[str, Any]:
    """What its state machine does at each look."""
    stored = get_campaign(tenant.deps.contacts, tenant.account.id, number_of(campaign))
    assert stored is not None
    return run_campaign(tenant.deps, tenant.account.id, stored.id, stored.epoch)


def started(tenant: Tenant, **members: Any) -> str:
    campaign = a_campaign(tenant, **members)
    do(tenant, campaign, "start")
    look(tenant, campaign)
    return campaign


def pass_the_minute(tenant: Tenant, campaign: str) -> None:
    """What the sweep and the releases of this moment do for its lanes."""
    for page in pages_of(tenant.deps.contacts, tenant.account.id, number_of(campaign)):
        settle_batch(tenant.deps, tenant.account.id, page.base)
        for lane in lanes_of(tenant.deps.messages, tenant.account.id, page.base):
            if lane.status is LaneStatus.SCHEDULED and lane.due_at <= tenant.deps.now():
                release_minute(tenant.deps, tenant.account.id, minute_of(lane.due_at))


def pull(phone: PhoneDriver) -> list[dict[str, Any]]:
    """One claim, accepted and sent; its jobs."""
    jobs = phone.claim()
    if jobs:
        phone.call(phone.accept(*jobs))
        phone.call(*(phone.event("job.sent", job) for job in jobs))
    return jobs


def pull_all(*phones: PhoneDriver) -> list[dict[str, Any]]:
    """Until no phone gets anything."""
    sent: list[dict[str, Any]] = []
    while jobs := [job for phone in phones for job in pull(phone)]:
        sent += jobs
    return sent
