"""The programs of `.venvs/audit`, and what they look at."""

from __future__ import annotations

import subprocess
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venvs/audit/bin"
LAYERS = sorted(ROOT.glob("layers/*/requirements.txt"))

LAMBDA = {
    "sys_platform": "linux",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "python_full_version": "3.13.0",
}
"""What the markers of the locks ask for."""


def deployed() -> dict[str, str]:
    """Version of each package that a layer has on Lambda."""
    pinned = [Requirement(line) for file in LAYERS for line in file.read_text().splitlines() if "==" in line]
    return {
        package.name: str(package.specifier).removeprefix("==")
        for package in sorted(pinned, key=lambda package: package.name)
        if package.marker is None or package.marker.evaluate(LAMBDA)
    }


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(TOOLS / name), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
