"""What a state machine definition lacks: Retry and Catch at its tasks, substitutions that match the template's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


def unguarded_tasks(machine: Mapping[str, Any]) -> list[str]:
    """Tasks without Retry or without Catch, also inside Map and Parallel."""
    return [
        name for name, state in _states(machine) if state["Type"] == "Task" and not state.keys() >= {"Retry", "Catch"}
    ]


def substitution_differences(text: str, declared: Mapping[str, Any]) -> set[str]:
    """Names used in the definition and not declared in the template, or the reverse."""
    return set(SUBSTITUTION.findall(text)) ^ declared.keys()


def _states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in machine.get("States", {}).items():
        yield name, state
        for nested in [state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])]:
            if nested:
                yield from _states(nested)
