"""Step Functions in simulated time: executes the deployed .asl.yaml files, each Task by the real handler."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonata
import yaml

from dev.faults.engine import MACHINE, MACHINE_ARN, PROJECT
from dev.phone.times import SECOND, from_datetime

Json = dict[str, Any]
Invoke = Callable[[str, Json], Any]
"""Function and event -> its answer, or None when it crashed."""

FUNCTION_ERROR = "Lambda.Unknown"
MOST_STATES = 500


class NoSuchState(AssertionError):
    """The definition uses something that this runner does not execute; the message says what."""


@dataclass(slots=True)
class Execution:
    """One run. `due_ms`: when it goes on; `tries`: of the current Task per retrier."""

    arn: str
    machine: str
    text: str
    state: str
    data: Json
    due_ms: int
    status: str = "RUNNING"
    tries: dict[int, int] = field(default_factory=dict)

    def states(self, **more: Any) -> Json:
        """What an expression finds under `$states`."""
        execution = {"Id": self.arn, "Name": self.arn.rsplit(":", 1)[-1], "Input": json.loads(self.text)}
        return {"input": self.data, "context": {"Execution": execution, "State": {"Name": self.state}}, **more}


class Machines:
    """All machines of the template and their executions. `function_of`: logical id of a machine -> its function."""

    def __init__(self, template: Mapping[str, Any], now_ms: Callable[[], int]) -> None:
        parts = {name: part["Properties"] for name, part in template["Resources"].items() if part["Type"] == MACHINE}
        self._definitions = {name: _definition(properties) for name, properties in parts.items()}
        self._functions = {name: _function(properties, template) for name, properties in parts.items()}
        self._now_ms = now_ms
        self._rng = random.Random(0)
        self.executions: dict[str, Execution] = {}
        self.invoke: Invoke = lambda _function, _event: None
        self.lost_starts = 0
        """How many starts to answer with success and forget: an execution that AWS lost."""
        self.transitions = 0
        """As AWS bills them: each state entered, each retry, and one to begin with."""

    def install(self, events: Any) -> None:
        """`events`: the hooks of the session that will make the clients."""
        events.register("before-call.sfn.StartExecution", self._start)
        events.register("before-call.sfn.DescribeExecution", self._describe)

    def renew(self, invoke: Invoke, seed: int) -> None:
        """A new world: no executions, other handlers."""
        self.executions.clear()
        self.invoke = invoke
        self.lost_starts = self.transitions = 0
        self._rng.seed(seed)

    def next_ms(self) -> int | None:
        return min((run.due_ms for run in self.executions.values() if run.status == "RUNNING"), default=None)

    def advance_due(self) -> bool:
        """Let one execution go on whose time has come."""
        due = [run for run in self.executions.values() if run.status == "RUNNING" and run.due_ms <= self._now_ms()]
        if not due:
            return False
        self._advance(min(due, key=lambda run: run.due_ms))
        return True

    def _start(self, params: Json, **_: Any) -> tuple[Any, Json]:
        body = json.loads(params["body"])
        machine = str(body["stateMachineArn"]).removeprefix(MACHINE_ARN)
        arn = f"{body['stateMachineArn'].replace(':stateMachine:', ':execution:', 1)}:{body['name']}"
        known = self.executions.get(arn)
        if known is not None and (known.status != "RUNNING" or known.text != body["input"]):
            return _refused("ExecutionAlreadyExists")
        if self.lost_starts:
            self.lost_starts -= 1
        elif known is None:
            start = self._definitions[machine]["StartAt"]
            run = Execution(arn, machine, body["input"], start, json.loads(body["input"]), self._now_ms())
            self.executions[arn] = run
            self.transitions += 1
        return _answered({"executionArn": arn, "startDate": self._now_ms() / SECOND})

    def _describe(self, params: Json, **_: Any) -> tuple[Any, Json]:
        run = self.executions.get(json.loads(params["body"])["executionArn"])
        return _refused("ExecutionDoesNotExist") if run is None else _answered({"status": run.status})

    def _advance(self, run: Execution) -> None:
        """Until it waits or ends."""
        states = self._definitions[run.machine]["States"]
        for _ in range(MOST_STATES):
            if run.status != "RUNNING" or run.due_ms > self._now_ms():
                return
            state = states[run.state]
            self.transitions += 1
            handlers: dict[str, Callable[[Execution, Json], None]] = {
                "Task": self._task, "Choice": _choice, "Wait": self._wait, "Succeed": _succeed, "Fail": _fail,
            }  # fmt: skip
            if state["Type"] not in handlers:
                raise NoSuchState(f"{run.machine}.{run.state}: {state['Type']} states are not executed here")
            handlers[state["Type"]](run, state)
        raise NoSuchState(f"{run.machine} went through {MOST_STATES} states without waiting")

    def _task(self, run: Execution, state: Json) -> None:
        arguments = evaluated(state.get("Arguments", run.data), run.states())
        result = self.invoke(self._functions[run.machine], arguments)
        if result is not None:
            run.tries.clear()
            run.data = evaluated(state.get("Output", result), run.states(result=result))
            run.state = state["Next"]
            return
        for number, retrier in enumerate(state.get("Retry", [])):
            tries = run.tries.get(number, 0)
            if {FUNCTION_ERROR, "States.ALL"} & set(retrier["ErrorEquals"]) and tries < retrier["MaxAttempts"]:
                run.tries[number] = tries + 1
                run.due_ms = self._now_ms() + round(self._rng.uniform(0, _delay(retrier, tries)) * SECOND)
                return
        self._caught(run, state)

    def _caught(self, run: Execution, state: Json) -> None:
        catcher = next((entry for entry in state.get("Catch", []) if "States.ALL" in entry["ErrorEquals"]), None)
        if catcher is None:
            run.status = "FAILED"
            return
        error = {"Error": FUNCTION_ERROR, "Cause": "the function crashed"}
        run.data = evaluated(catcher.get("Output", error), run.states(errorOutput=error))
        run.state = catcher["Next"]

    def _wait(self, run: Execution, state: Json) -> None:
        if "Timestamp" in state:
            text = evaluated(state["Timestamp"], run.states())
            run.due_ms = max(self._now_ms(), from_datetime(datetime.fromisoformat(text)))
        else:
            run.due_ms = self._now_ms() + round(evaluated(state["Seconds"], run.states()) * SECOND)
        run.state = state["Next"]


def evaluated(value: Any, states: Json) -> Any:
    """A JSONata field: `{% ... %}` anywhere in it replaced by its value."""
    if isinstance(value, dict):
        return {name: evaluated(member, states) for name, member in value.items()}
    if isinstance(value, list):
        return [evaluated(member, states) for member in value]
    if not (isinstance(value, str) and value.startswith("{%") and value.endswith("%}")):
        return value
    expression = jsonata.Jsonata(value[2:-2].strip())
    expression.assign("states", states)
    return expression.evaluate(None)


def _choice(run: Execution, state: Json) -> None:
    matching = (rule["Next"] for rule in state["Choices"] if evaluated(rule["Condition"], run.states()) is True)
    run.state = next(matching, state["Default"])


def _succeed(run: Execution, _: Json) -> None:
    run.status = "SUCCEEDED"


def _fail(run: Execution, _: Json) -> None:
    run.status = "FAILED"


def _delay(retrier: Json, tries: int) -> float:
    seconds = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** tries
    return float(min(seconds, retrier.get("MaxDelaySeconds", seconds)))


def _definition(properties: Json) -> Json:
    definition: Json = yaml.safe_load((PROJECT / properties["DefinitionUri"]).read_text(encoding="utf-8"))
    if definition.get("QueryLanguage") != "JSONata":
        raise NoSuchState(f"{properties['DefinitionUri']}: only JSONata machines are executed here")
    return definition


def _function(properties: Json, template: Mapping[str, Any]) -> str:
    """The function whose ARN the definition gets; a machine here has one."""
    [arn] = properties["DefinitionSubstitutions"].values()
    folder: str = template["Resources"][arn["Fn::GetAtt"][0]]["Properties"]["CodeUri"]
    return Path(folder).name


def _answered(body: Json) -> tuple[Any, Json]:
    return SimpleNamespace(status_code=200), {**body, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _refused(code: str) -> tuple[Any, Json]:
    error = {"Code": code, "Message": "injected"}
    return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}
