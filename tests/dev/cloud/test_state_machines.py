"""State machines in the local cloud: what deploys is what runs, in real time, under the functions' policies."""

import json
from pathlib import Path
from typing import Any

import pytest

from dev.cloud_process import CloudProcess
from roost.outbound.executions import start
from tests.dev.cloud.conftest import client
from tests.dev.cloud.steps import start as start_cloud
from tests.dev.cloud.steps import until

PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


def machine(cloud: CloudProcess) -> str:
    return cloud.outputs["GreetingMachine"]


def execution(cloud: CloudProcess, name: str) -> Any:
    arn = machine(cloud).replace(":stateMachine:", ":execution:")
    return client(cloud, "stepfunctions").describe_execution(executionArn=f"{arn}:{name}")


def invoked(cloud: CloudProcess, function: str, name: str) -> str:
    payload = json.dumps({"machine": machine(cloud), "name": name})
    answer = client(cloud, "lambda").invoke(FunctionName=cloud.outputs[function], Payload=payload)
    said: str = json.load(answer["Payload"])
    return said


def start_waiting(cloud: CloudProcess, instant: str, name: str) -> bool:
    return start(client(cloud, "stepfunctions"), machine(cloud), name, {"greeting": "hello", "until": instant})


def test_an_execution_calls_the_function_that_the_template_names(cloud: CloudProcess) -> None:
    start_waiting(cloud, PAST, "greets")
    until(lambda: execution(cloud, "greets-1")["status"] != "RUNNING")
    ended = execution(cloud, "greets-1")
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    assert json.loads(ended["output"])["said"] == "hello to you"


def test_only_a_function_whose_policy_says_so_starts_an_execution(cloud: CloudProcess) -> None:
    assert invoked(cloud, "StartingFunction", "allowed").endswith(":allowed")
    assert invoked(cloud, "WatchingFunction", "refused") == "AccessDeniedException"


def test_a_wait_lasts_in_tests_too(cloud: CloudProcess) -> None:
    start_waiting(cloud, FUTURE, "waits")
    start_waiting(cloud, PAST, "after")
    until(lambda: execution(cloud, "after-1")["status"] == "SUCCEEDED")
    assert execution(cloud, "waits-1")["status"] == "RUNNING"


def test_a_schedule_of_a_cloud_for_tests_never_fires(cloud: CloudProcess) -> None:
    states = [entry["State"] for entry in client(cloud, "scheduler").list_schedules()["Schedules"]]
    states += [rule["State"] for rule in client(cloud, "events").list_rules()["Rules"]]
    assert states == ["DISABLED", "DISABLED"]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_a_restart_interrupted_is_started_again(tmp_path: Path, project: Path, end: str) -> None:
    with start_cloud(tmp_path / "state", project) as first:
        assert start_waiting(first, FUTURE, "rec")
        assert not start_waiting(first, FUTURE, "rec")
        getattr(first, end)()
    with start_cloud(tmp_path / "state", project) as second:
        assert start_waiting(second, PAST, "rec")
        tried = "rec-2" if end == "stop" else "rec-1"
        until(lambda: execution(second, tried)["status"] == "SUCCEEDED")
        if end == "stop":
            assert execution(second, "rec-1")["error"] == "States.ServiceRestart"
        assert not start_waiting(second, PAST, "rec")
        schedules = client(second, "scheduler").list_schedules()["Schedules"]
        assert [schedule["State"] for schedule in schedules] == ["ENABLED"]
