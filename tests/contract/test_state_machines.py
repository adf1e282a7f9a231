"""Every definition is guarded, bounded and connected, and every substitution is both declared and used."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.contract.repository import ROOT
from tests.contract.state_machines import (
    definitions,
    impatient_retries,
    states_never_entered,
    substitution_differences,
    unguarded_tasks,
)

DEFINITIONS = definitions()

RETRY = {"Retry": [{"ErrorEquals": ["States.ALL"]}], "TimeoutSeconds": 60}
CATCH = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]}


def machine_of(logical_id: str) -> dict[str, Any]:
    machine: dict[str, Any] = yaml.safe_load(DEFINITIONS[logical_id][0].read_text(encoding="utf-8"))
    return machine


def test_each_definition_belongs_to_a_state_machine_of_the_template() -> None:
    assert {file for file, _ in DEFINITIONS.values()} == set((ROOT / "statemachines").glob("*.asl.yaml"))


@pytest.mark.parametrize("logical_id", DEFINITIONS)
def test_each_task_has_retry_catch_and_a_time_out_and_each_machine_an_end(logical_id: str) -> None:
    machine = machine_of(logical_id)
    assert unguarded_tasks(machine) == []
    assert impatient_retries(machine) == []
    assert machine["TimeoutSeconds"] > 0


@pytest.mark.parametrize("logical_id", DEFINITIONS)
def test_each_state_is_entered(logical_id: str) -> None:
    assert states_never_entered(machine_of(logical_id)) == set()


@pytest.mark.parametrize("logical_id", DEFINITIONS)
def test_each_substitution_is_declared_and_used(logical_id: str) -> None:
    file, declared = DEFINITIONS[logical_id]
    assert substitution_differences(file.read_text(encoding="utf-8"), declared) == set()


def test_a_task_without_retry_catch_or_time_out_is_seen_at_any_depth() -> None:
    branch = {"States": {"Wake": {"Type": "Task", **RETRY}, "Pause": {"Type": "Wait"}}}
    endless = {"Type": "Task", "Retry": RETRY["Retry"], **CATCH}
    chunk = {"States": {"Claim": {"Type": "Task", **CATCH}, "Guarded": {"Type": "Task", **RETRY, **CATCH}}}
    states = {
        "Fan": {"Type": "Map", "ItemProcessor": chunk},
        "Both": {"Type": "Parallel", "Branches": [branch]},
        "Bare": {"Type": "Task"},
        "Endless": endless,
    }
    assert unguarded_tasks({"States": states}) == ["Claim", "Wake", "Bare", "Endless"]


def test_a_retry_without_jitter_or_longest_delay_is_seen() -> None:
    good = {"IntervalSeconds": 1, "BackoffRate": 2, "MaxAttempts": 3, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}
    hasty = {name: value for name, value in good.items() if name != "MaxDelaySeconds"}
    retries = {"Good": [good], "Together": [good, good | {"JitterStrategy": "NONE"}], "Hasty": [hasty]}
    states = {name: {"Type": "Task", "Retry": retry} for name, retry in retries.items()}
    assert impatient_retries({"States": states}) == ["Together", "Hasty"]


def test_a_state_that_nothing_leads_to_is_seen() -> None:
    states = {
        "Look": {"Type": "Task", "Next": "Which", **CATCH},
        "Which": {"Type": "Choice", "Choices": [{"Next": "Left"}], "Default": "Right"},
        **{name: {"Type": "Succeed"} for name in ("Left", "Right", "Done", "Lonely")},
    }
    assert states_never_entered({"StartAt": "Look", "States": states}) == {"Lonely"}


def test_a_substitution_that_is_only_declared_or_only_used_is_seen() -> None:
    assert substitution_differences("Resource: ${UsedOnly} ${Both}", {"Both": "", "DeclaredOnly": ""}) == {
        "UsedOnly",
        "DeclaredOnly",
    }
