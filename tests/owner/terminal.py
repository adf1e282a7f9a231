"""The owner at a terminal, in a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from owner.__main__ import main


class Terminal:
    """Types commands and reads what is printed."""

    def __init__(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._words = ["--local", "--state", str(state), "--json"]
        self._capsys = capsys

    def types(self, *words: str) -> Any:
        self._capsys.readouterr()
        code = main([*self._words, *words])
        printed = self._capsys.readouterr()
        assert code == 0, printed.err
        return json.loads(printed.out)

    def is_refused(self, *words: str) -> str:
        """What is said instead."""
        self._capsys.readouterr()
        assert main([*self._words, *words]) == 1
        return self._capsys.readouterr().err
