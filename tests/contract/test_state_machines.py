"""Every Task has Retry and Catch, and every substitution is both declared and used."""

from __future__ import annotations

import yaml

from tests.contract.repository import ROOT, resources_of
from tests.contract.state_machines import substitution_differences, unguarded_tasks

DEFINITIONS = {
    logical_id: (ROOT / machine["DefinitionUri"], machine.get("DefinitionSubstitutions", {}))
    for logical_id, machine in resources_of("AWS::Serverless::StateMachine").items()
}

RETRY = {"Retry": [{"ErrorEquals": ["States.ALL"]}]}
CATCH = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]}


def test_each_definition_belongs_to_a_state_machine_of_the_template() -> None:
    assert {file for file, _ in DEFINITIONS.values()} == set((ROOT / "statemachines").glob("*.asl.yaml"))


def test_each_task_has_retry_and_catch() -> None:
    for logical_id, (file, _) in DEFINITIONS.items():
        assert unguarded_tasks(yaml.safe_load(file.read_text(encoding="utf-8"))) == [], logical_id


def test_each_substitution_is_declared_and_used() -> None:
    for logical_id, (file, declared) in DEFINITIONS.items():
        assert substitution_differences(file.read_text(encoding="utf-8"), declared) == set(), logical_id


def test_a_task_without_retry_or_catch_is_seen_at_any_depth() -> None:
    branch = {"States": {"Wake": {"Type": "Task", **RETRY}, "Pause": {"Type": "Wait"}}}
    chunk = {"States": {"Claim": {"Type": "Task", **CATCH}, "Guarded": {"Type": "Task", **RETRY, **CATCH}}}
    states = {
        "Fan": {"Type": "Map", "ItemProcessor": chunk},
        "Both": {"Type": "Parallel", "Branches": [branch]},
        "Bare": {"Type": "Task"},
    }
    assert unguarded_tasks({"States": states}) == ["Claim", "Wake", "Bare"]


def test_a_substitution_that_is_only_declared_or_only_used_is_seen() -> None:
    assert substitution_differences("Resource: ${UsedOnly} ${Both}", {"Both": "", "DeclaredOnly": ""}) == {
        "UsedOnly",
        "DeclaredOnly",
    }
