"""What a state machine definition lacks: guarded and bounded tasks, states that are reached, matching substitutions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.contract.repository import ROOT, resources_of

SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
EVERY_ERROR = ["States.ALL"]


def definitions() -> dict[str, tuple[Path, dict[str, Any]]]:
    """Logical id of each state machine -> its file and its substitutions."""
    return {
        logical_id: (ROOT / machine["DefinitionUri"], machine.get("DefinitionSubstitutions", {}))
        for logical_id, machine in resources_of("AWS::Serverless::StateMachine").items()
    }


def task_arguments(machines: Mapping[str, tuple[Path, Mapping[str, Any]]]) -> dict[str, set[str]]:
    """Logical id of each function that a task calls -> the names it is called with."""
    found: dict[str, set[str]] = {}
    for file, substitutions in machines.values():
        for _, state in _states(yaml.safe_load(file.read_text(encoding="utf-8"))):
            if state["Type"] == "Task":
                [name] = SUBSTITUTION.findall(state["Resource"])
                function, attribute = substitutions[name]["Fn::GetAtt"]
                assert attribute == "Arn"
                found[function] = set(state["Arguments"])
    return found


def unguarded_tasks(machine: Mapping[str, Any]) -> list[str]:
    """Tasks without Retry, without a Catch of every error, or without a time-out; also inside Map and Parallel."""
    return [name for name, state in _states(machine) if state["Type"] == "Task" and not _is_guarded(state)]


def impatient_retries(machine: Mapping[str, Any]) -> list[str]:
    """States that retry without a longest delay or without jitter."""
    bounded = {"MaxDelaySeconds", "MaxAttempts", "IntervalSeconds", "BackoffRate"}
    return [
        name
        for name, state in _states(machine)
        if any(not retry.keys() >= bounded or retry.get("JitterStrategy") != "FULL" for retry in state.get("Retry", []))
    ]


def states_never_entered(machine: Mapping[str, Any]) -> set[str]:
    """States of the top level that nothing leads to."""
    states: Mapping[str, Any] = machine["States"]
    reached: set[str] = set()
    ahead = {machine["StartAt"]}
    while ahead:
        reached |= ahead
        ahead = {following for name in ahead for following in _next_of(states[name])} - reached
    return states.keys() - reached


def substitution_differences(text: str, declared: Mapping[str, Any]) -> set[str]:
    """Names used in the definition and not declared in the template, or the reverse."""
    return set(SUBSTITUTION.findall(text)) ^ declared.keys()


def _is_guarded(task: Mapping[str, Any]) -> bool:
    caught = [catch["ErrorEquals"] for catch in task.get("Catch", [])]
    return bool(task.get("Retry")) and EVERY_ERROR in caught and "TimeoutSeconds" in task


def _next_of(state: Mapping[str, Any]) -> Iterator[str]:
    for branch in [state, *state.get("Choices", []), *state.get("Catch", [])]:
        if "Next" in branch:
            yield branch["Next"]
    if "Default" in state:
        yield state["Default"]


def _states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in machine.get("States", {}).items():
        yield name, state
        for nested in [state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])]:
            if nested:
                yield from _states(nested)
