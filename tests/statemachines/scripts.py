"""What stands for the Lambda functions of the state machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.statemachines.interpreter import Task


def scripted(*answers: object) -> Task:
    """Answers one call after another; an exception among them is raised."""
    left: Iterator[object] = iter(answers)

    def task(_: dict[str, Any]) -> object:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return task
