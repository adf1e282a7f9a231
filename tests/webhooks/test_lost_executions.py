"""An outage whose execution was lost gets another, from whoever finds it, with what their roles allow."""

from __future__ import annotations

import pytest

from dev.cloud_process import CloudProcess
from roost.domain.webhooks import Lane
from roost.runtime.deps import Deps
from roost.runtime.executions import executions as real_executions
from tests.flows.test_recovery import swept_at
from tests.roost_fixtures import Clock
from tests.statemachines.lost import lose
from tests.statemachines.test_deployed import executions
from tests.webhook_receiver import Receiver, answering
from tests.webhooks.desk import Desk

MACHINE = "RetryWebhookMachine"


@pytest.mark.parametrize("lane", [Lane.DIRECT, Lane.OWN])
def test_an_outage_is_retried_however_often_its_execution_is_lost(
    deps: Deps, receiver: Receiver, clock: Clock, cloud: CloudProcess, lane: Lane
) -> None:
    clock.forward(hours=24 * 410)  # where no other test's looks are due
    desk = Desk(deps, receiver, executions=real_executions())
    receiver.answer = answering(500)
    endpoint = desk.endpoint(lane=lane)
    name = f"{endpoint.id}-{clock.now}"
    lose(cloud, MACHINE, f"{name}-1")
    desk.tell(*desk.events())
    if lane is Lane.OWN:
        desk.drain(endpoint)
    assert executions(cloud, MACHINE, endpoint.id)[f"{name}-2"] == "RUNNING"
    lose(cloud, MACHINE, f"{name}-2")
    swept_at(deps, clock, real_executions())
    assert executions(cloud, MACHINE, endpoint.id)[f"{name}-3"] == "RUNNING"
