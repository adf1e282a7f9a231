"""`make guards`: takes each guard out of a copy of the code and plays the scenarios that must notice.

Exit code 0 only if every absence was noticed; a guard whose text is not found any more is an error, too.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.faults.engine import PROJECT
from dev.faults.guard import Guard
from dev.faults.guards_of_leases import GUARDS_OF_LEASES
from dev.faults.guards_of_messages import GUARDS_OF_MESSAGES

FAILED = re.compile(r"^  FAILED   \S+ +(?P<name>\w+)", re.MULTILINE)
WHY = re.compile(r"^             (?P<why>\S.*[^:\n])$", re.MULTILINE)
GUARDS = (*GUARDS_OF_LEASES, *GUARDS_OF_MESSAGES)
SHOWN = 110


def main(names: Sequence[str]) -> int:
    """`names`: parts of names of guards; none means all."""
    chosen = [guard for guard in GUARDS if not names or any(name in guard.name for name in names)]
    survived = 0
    for guard in chosen:
        caught = what_catches(guard)
        survived += caught is None
        print(f"| {guard.name} | {caught or 'NOTHING'} |", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} guards are missed when they are gone")
    return 1 if survived else 0


def what_catches(guard: Guard) -> str | None:
    """The first scenario that fails without the guard, and why. None: all of them pass."""
    with TemporaryDirectory(prefix="roost-guard-") as folder:
        shared = Path(folder) / "shared"
        shutil.copytree(PROJECT / "shared", shared, ignore=shutil.ignore_patterns("__pycache__"))
        remove(guard, shared / "roost")
        command = [sys.executable, "-m", "dev.faults", "--messages", "0", "--only", ",".join(guard.scenarios)]
        environment = os.environ | {"PYTHONPATH": f"{shared}{os.pathsep}{PROJECT}"}
        told = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    failed = FAILED.search(told.stdout)
    if told.returncode == 0:
        return None
    if failed is None:
        raise RuntimeError(f"without {guard.name!r} the harness itself broke:\n{told.stdout}\n{told.stderr}")
    why = WHY.search(told.stdout, failed.end())
    return f"`{failed['name']}`: {why['why'][:SHOWN] if why else 'failed'}"


def remove(guard: Guard, package: Path) -> None:
    """Raises LookupError when the guard's text is not there exactly once: this table is out of date."""
    file = package / guard.file
    source = file.read_text(encoding="utf-8")
    if source.count(guard.text) != 1:
        raise LookupError(f"{guard.file} has the text of {guard.name!r} {source.count(guard.text)} times, not once")
    file.write_text(source.replace(guard.text, guard.without), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
