"""benchmarks/results/latest.json: the newest run of each part, with the machine and the commit it ran on.

Runs of their own, too long for `make bench`, have a file each beside it.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.figures import Found

PROJECT = Path(__file__).resolve().parents[1]
LATEST = PROJECT / "benchmarks/results/latest.json"


def read_results(file: Path = LATEST) -> dict[str, Any]:
    """Empty before the first run."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"parts": {}}
    return found


def keep(part: str, found: Found, seconds: float, file: Path = LATEST) -> None:
    """In place of what that part found before; the other parts stay."""
    results = read_results(file)
    results["parts"][part] = {**ran_on(), "seconds": round(seconds), **found.as_json()}
    results["parts"] = dict(sorted(results["parts"].items()))
    _write(file, results)


def read_own_run(name: str) -> dict[str, Any]:
    """Raises FileNotFoundError before it ran for the first time."""
    found: dict[str, Any] = json.loads((LATEST.parent / f"{name}.json").read_text(encoding="utf-8"))
    return found


def keep_own_run(name: str, options: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """`options`: with which it was started, by their names on the command line."""
    told = "".join(f" --{option} {value}" for option, value in options.items())
    ran = {"command": f"python -m benchmarks.{name}{told}", **ran_on()}
    _write(LATEST.parent / f"{name}.json", {**ran, "found": dict(found)})


def _write(file: Path, told: Mapping[str, Any]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def ran_on() -> dict[str, str]:
    return {"commit": commit(), "machine": machine(), "at": f"{datetime.now(UTC):%Y-%m-%d}"}


@cache
def commit() -> str:
    """Of the code that ran; `+` when files differ from it. Asked once: the first part that is kept is such a file."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--abbrev=10"], cwd=PROJECT, capture_output=True, text=True
    )
    return told.stdout.strip() or "unknown"


def machine() -> str:
    """Processor, cores and Python."""
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"
