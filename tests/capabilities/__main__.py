"""Prints the table of capabilities: after running the tests that carry the marker, or from the outcomes of a run that
was made already (`--outcomes=FILE`). Exit 1 when an id fails."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest

from tests.capabilities.results import Verdict, results, table

RAN = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


OUTCOMES = "--outcomes="


def main(arguments: list[str]) -> int:
    given = [argument.removeprefix(OUTCOMES) for argument in arguments if argument.startswith(OUTCOMES)]
    return _show(Path(given[0])) if given else _run(arguments)


def _run(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "outcomes.json"
        exit_code = pytest.main(["-q", "-m", "capability", f"--capability-outcomes={target}", *arguments])
        if exit_code not in RAN:
            print(
                "The tests did not run to their end, so there is no table: see pytest's message above.", file=sys.stderr
            )
            return int(exit_code)
        return _show(target)


def _show(outcomes: Path) -> int:
    lines = results(json.loads(outcomes.read_text(encoding="utf-8")))
    print(table(lines), flush=True)
    return int(any(line.verdict is Verdict.FAIL for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
