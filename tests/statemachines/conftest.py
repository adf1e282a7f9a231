"""One interpreter per test, with all machines of the template."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.statemachines import interpreter as moto_interpreter
from tests.statemachines.interpreter import Interpreter


@pytest.fixture
def interpreter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    with moto_interpreter.interpreter(monkeypatch) as made:
        yield made
