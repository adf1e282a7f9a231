"""Both machines as they are deployed: started by the functions that may, from the stream and by the sweep."""

from __future__ import annotations

import json
from typing import Any

import boto3

from dev.cloud_process import CloudProcess
from dev.fcm.stand_in import FcmStandIn
from roost.domain.instants import MINUTE, SECOND, minute_of, rfc3339
from roost.storage.checks import Check, put_check
from tests.dev.cloud.steps import until
from tests.roost_fixtures import Clock, Tenant


def client(cloud: CloudProcess, service: str) -> Any:
    session: Any = boto3.Session("test", "test", region_name=cloud.region)
    return session.client(service, endpoint_url=cloud.endpoint)


def executions(cloud: CloudProcess, machine: str, part: str) -> dict[str, str]:
    """Name -> status of the executions whose name has this part."""
    listed = client(cloud, "stepfunctions").list_executions(stateMachineArn=cloud.outputs[machine])["executions"]
    return {execution["name"]: execution["status"] for execution in listed if part in execution["name"]}


def test_a_scheduled_message_is_released_by_an_execution_that_the_stream_started(
    deployed: Tenant, clock: Clock, cloud: CloudProcess
) -> None:
    deployed.pair()
    due_at = clock.now + 10 * SECOND  # longer than the first start of a function takes
    sent = deployed.send(send_at=rfc3339(due_at)).json()
    until(lambda: deployed.message(sent["id"])["status"] != "scheduled")
    name = f"sched-{deployed.account.id}-{minute_of(due_at)}-1"
    until(lambda: executions(cloud, "ReleaseScheduledMachine", deployed.account.id) == {name: "SUCCEEDED"})


def test_the_sweep_starts_one_recovery_for_a_phone_that_does_not_answer(
    deployed: Tenant, clock: Clock, cloud: CloudProcess, fcm: FcmStandIn
) -> None:
    phone, token = deployed.pair(), fcm.register("roost-local")
    phone.register_push(token)
    deployed.send()
    cloud.drain()
    number = int(phone.device_id.removeprefix("phn_"))
    woken_at = clock.now - MINUTE
    deployed.deps.devices.update_item(
        Key={"pk": f"A#{deployed.account.id}", "sk": f"phone#{number:08d}"},
        UpdateExpression="SET woken_at = :at",
        ExpressionAttributeValues={":at": woken_at},
    )
    put_check(deployed.deps.devices, minute_of(clock.now - MINUTE), Check(deployed.account.id, number))
    for _ in range(2):
        answer = client(cloud, "lambda").invoke(FunctionName=cloud.outputs["SweepFunction"], Payload=b"{}")
        assert json.load(answer["Payload"]) is None
    name = f"rec-{deployed.account.id}-{number}-{woken_at // SECOND}-1"
    assert executions(cloud, "RecoverPhoneMachine", deployed.account.id) == {name: "RUNNING"}
    until(lambda: len([push for push in fcm.sent() if push["token"] == token]) == 2)
