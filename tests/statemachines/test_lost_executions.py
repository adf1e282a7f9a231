"""Work whose execution was lost gets another, from the sweep and from the stream, with what their roles allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dev.cloud_process import CloudProcess
from roost.runtime.executions import executions as real_executions
from tests.flows.campaigns import a_campaign, add_contacts, do, number_of, us_numbers
from tests.flows.contacts import ANA
from tests.flows.test_recovery import swept_at
from tests.in_role import dispatch_records
from tests.roost_fixtures import Clock, Tenant
from tests.statemachines.lost import lose
from tests.statemachines.test_deployed import executions

Begun = tuple[str, str, dict[str, Any]]
"""Its machine; the name of its execution without the try; what its stream record says."""


def a_running_campaign(tenant: Tenant) -> Begun:
    tenant.pair()
    add_contacts(tenant, *us_numbers(1))
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    account, number = tenant.account.id, number_of(campaign)
    said = {"work": {"S": "campaign"}, "campaign": {"N": str(number)}, "epoch": {"N": "1"}}
    return "RunCampaignMachine", f"camp-{account}-{number}-1", said


def a_running_import(tenant: Tenant) -> Begun:
    content = f"phone\n{ANA}\n".encode()
    made = tenant.http.post("/v1/contacts/imports", json={"size": len(content)}).json()
    upload = made["upload"]
    httpx.put(upload["url"], content=content, headers=upload["headers"]).raise_for_status()
    assert tenant.http.post(f"/v1/contacts/imports/{made['id']}/start").status_code == 202
    number = made["id"].removeprefix("imp_")
    said = {"work": {"S": "import"}, "import": {"N": number}}
    return "ImportContactsMachine", f"import-{tenant.account.id}-{number}", said


@pytest.mark.parametrize("begin", [a_running_campaign, a_running_import])
def test_the_sweep_and_the_stream_start_lost_work_again(
    tenant: Tenant, clock: Clock, cloud: CloudProcess, begin: Callable[[Tenant], Begun]
) -> None:
    clock.forward(hours=24 * 400)  # where no other test's looks are due
    machine, name, said = begin(tenant)
    cloud.drain()
    lose(cloud, machine, f"{name}-1")
    swept_at(tenant.deps, clock, real_executions())
    assert executions(cloud, machine, tenant.account.id)[f"{name}-2"] == "RUNNING"
    lose(cloud, machine, f"{name}-2")
    image = {**said, "account": {"S": tenant.account.id}, "at": {"N": str(clock.now)}}
    dispatch_records({"Records": [{"dynamodb": {"NewImage": image}}]}, None)
    assert executions(cloud, machine, tenant.account.id)[f"{name}-3"] == "RUNNING"
