"""Prints what the template allows a function and nothing that ran has used; exit 1 when there is any.

Runs the whole suite for it, or reads what a run kept: `--uses=FOLDER` of `pytest --permissions=FOLDER`. What a function
needs and may not do fails the test that does it: handlers run in their roles, here and on the local cloud.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from tests.permissions.uses import read_uses

USES = "--uses="


def main(arguments: list[str]) -> int:
    given = [argument.removeprefix(USES) for argument in arguments if argument.startswith(USES)]
    return _show(Path(given[0])) if given else _run(arguments)


def _run(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        exit_code = pytest.main(["-q", f"--permissions={folder}", *arguments])
        return int(exit_code) or _show(Path(folder))


def _show(folder: Path) -> int:
    uses = read_uses(sorted(folder.glob("*.json")))
    unused, superfluous = uses.unused(), uses.superfluous()
    print(*(f"never used: {permission}" for permission in superfluous), sep="\n")
    used, excused = len(uses.allowed) - len(unused), len(unused) - len(superfluous)
    print(f"{used} of {len(uses.allowed)} permissions are used; {excused} cannot be used on this machine")
    return int(bool(superfluous) or not uses.allowed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
