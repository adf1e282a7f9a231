"""An execution that somebody else stopped, as the console or a quota of AWS may."""

from __future__ import annotations

from contextlib import suppress

from dev.cloud_process import CloudProcess
from tests.statemachines.test_deployed import client


def lose(cloud: CloudProcess, machine: str, name: str) -> None:
    """Whether it has begun already or not: from now on its name belongs to an execution that ended badly."""
    functions, arn = client(cloud, "stepfunctions"), cloud.outputs[machine]
    with suppress(functions.exceptions.ExecutionAlreadyExists):
        functions.start_execution(stateMachineArn=arn, name=name, input="{}")
    functions.stop_execution(executionArn=f"{arn.replace(':stateMachine:', ':execution:')}:{name}")
