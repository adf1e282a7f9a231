"""benchmarks/results/latest.json: the newest run of each part, with the machine and the commit it ran on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
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
    told = {"commit": commit(), "machine": machine(), "at": f"{datetime.now(UTC):%Y-%m-%d}", "seconds": round(seconds)}
    results["parts"][part] = {**told, **found.as_json()}
    results["parts"] = dict(sorted(results["parts"].items()))
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def commit() -> str:
    """Of the code that ran; `+` when files differ from it."""
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
