"""Runs our state machine definitions in moto's interpreter: real retries, catches and waits, without their time.

moto runs no Python function without Docker, evaluates no JSONata and sleeps in earnest: the three hooks mend that.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import jsonata
import pytest
import yaml
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import jitter_strategy_decl, retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata

from tests.contract.repository import resources_of
from tests.contract.state_machines import definitions

REGION = "eu-west-1"
ACCOUNT = "123456789012"
PATIENCE_SECONDS = 60

Task = Callable[[dict[str, Any]], object]
"""Stands for the Lambda function: takes the payload, returns the answer."""


class TaskError(Exception):
    """A task that fails: `name` is the errorType that Retry and Catch see."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Ended:
    """How an execution ended. `output` of one that succeeded, `error` and `cause` of one that did not."""

    status: str
    output: dict[str, Any]
    error: str | None
    cause: str | None


@dataclass
class Interpreter:
    """`calls`: payloads of the tasks. `waits`: the instants of Wait states. `pauses`: seconds before each retry, the
    longest that jitter may draw; `jitter`: the ranges it drew from."""

    client: Any
    machines: dict[str, str]
    calls: list[dict[str, Any]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    jitter: list[tuple[float, float]] = field(default_factory=list)
    task: Task = lambda payload: payload

    def run(self, machine: str, given: dict[str, Any], task: Task) -> Ended:
        """Execute the machine of this logical id to its end."""
        self.task = task
        started = self.client.start_execution(stateMachineArn=self.machines[machine], input=json.dumps(given))
        return self.until_ended(started["executionArn"])

    def until_ended(self, execution_arn: str) -> Ended:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self.client.describe_execution(executionArn=execution_arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.002)
        return Ended(found["status"], json.loads(found.get("output") or "{}"), found.get("error"), found.get("cause"))

    def executions(self, machine: str) -> dict[str, str]:
        """Name -> status of every execution of a machine."""
        listed = self.client.list_executions(stateMachineArn=self.machines[machine])["executions"]
        return {execution["name"]: execution["status"] for execution in listed}


@contextmanager
def interpreter(patch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    """Every state machine of the template, created under its own name from its own file."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}):
        role = _role()
        client = boto3.client("stepfunctions", region_name=REGION)
        made = Interpreter(client, {})
        _hook_functions(patch, made)
        patch.setattr(moto_jsonata, "_eval_jsonata", lambda text: jsonata.Jsonata(text).evaluate(None))
        _hook_time(patch, made)
        for logical_id, (file, substitutions) in definitions().items():
            definition = file.read_text(encoding="utf-8")
            for name, value in substitutions.items():
                definition = definition.replace(f"${{{name}}}", _function(value["Fn::GetAtt"][0], role))
            name = resources_of("AWS::Serverless::StateMachine")[logical_id]["Name"]["Fn::Sub"]
            created = client.create_state_machine(
                name=name.replace("${AWS::StackName}", "roost"),
                definition=json.dumps(yaml.safe_load(definition)),
                roleArn=role,
            )
            made.machines[logical_id] = created["stateMachineArn"]
        yield made


def _hook_functions(patch: pytest.MonkeyPatch, made: Interpreter) -> None:
    def invoke(_: object, __: str, ___: str | None, body: Any, ____: Any, response_headers: dict[str, str]) -> bytes:
        payload = json.loads(body or "{}")
        made.calls.append(payload)
        try:
            return json.dumps(made.task(payload)).encode()
        except TaskError as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": error.name, "errorMessage": "a task that was told to fail"}).encode()

    patch.setattr(LambdaSimpleBackend, "invoke", invoke)


def _hook_time(patch: pytest.MonkeyPatch, made: Interpreter) -> None:
    def no_seconds(wait: Timestamp, env: Any) -> int:
        wait.string.eval(env=env)
        instant = env.stack.pop()
        assert wait._is_valid_timestamp_pattern(instant), instant
        made.waits.append(instant)
        return 0

    def uniform(shortest: float, longest: float) -> float:
        made.jitter.append((shortest, longest))
        return longest

    patch.setattr(Timestamp, "_get_wait_seconds", no_seconds)
    patch.setattr(jitter_strategy_decl, "random", SimpleNamespace(uniform=uniform))
    patch.setattr(retrier_decl, "time", SimpleNamespace(sleep=made.pauses.append))


def _role() -> str:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    made = boto3.client("iam", region_name=REGION).create_role(RoleName="machine", AssumeRolePolicyDocument=trust)
    arn: str = made["Role"]["Arn"]
    return arn


def _function(logical_id: str, role: str) -> str:
    """The ARN of a function whose code never runs: the hook answers for it."""
    made = boto3.client("lambda", region_name=REGION).create_function(
        FunctionName=logical_id, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": b"none"}
    )
    arn: str = made["FunctionArn"]
    return arn
