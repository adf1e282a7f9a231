"""Does each built function find its imports in its own layers, and does it load nothing it should not?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dev.cloud.packaging import folder_hash

PROBE = Path(__file__).with_name("import_probe.py")
LARGEST_BYTES = 250 * 1024 * 1024
"""What Lambda accepts for a function and its layers together, unzipped."""

MAX_LAYERS = 5

LOADED_ONLY_IN: Mapping[str, frozenset[str]] = {"firebase_admin": frozenset({"dispatch_changes", "recover_phone"})}
"""Packages that cost a cold start more than anything else, and the only functions that may pay for them."""


@dataclass(frozen=True)
class BuiltFunction:
    """`code` and `layers`: built for Lambda, measured. `import_path`: the same, built for this machine, imported."""

    name: str
    code: Path
    layers: Mapping[str, Path]
    import_path: tuple[Path, ...]


@dataclass(frozen=True)
class CheckedFunction:
    """`size`: bytes unzipped, layers included. `problems`: empty when the function can be deployed."""

    name: str
    layers: tuple[str, ...]
    size: int
    problems: tuple[str, ...]

    def __str__(self) -> str:
        verdict = "ok  " if not self.problems else "FAIL"
        line = f"{verdict} {self.name:17} {self.size / 1_000_000:5.1f} MB  {' '.join(self.layers)}"
        return "\n".join([line, *(f"       {problem}" for problem in self.problems)])


def check(function: BuiltFunction, python: str = sys.executable) -> CheckedFunction:
    """Imports the handler in a fresh interpreter that has an empty environment and only these folders on its path."""
    size = sum(map(folder_size, [function.code, *function.layers.values()]))
    problems = [*_import_problems(function, python)]
    if len(function.layers) > MAX_LAYERS:
        problems.append(f"has {len(function.layers)} layers; Lambda takes {MAX_LAYERS}")
    if size > LARGEST_BYTES:
        problems.append(f"is larger than the {LARGEST_BYTES} bytes Lambda takes")
    return CheckedFunction(function.name, tuple(function.layers), size, tuple(problems))


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def shown_layer(folder: Path) -> str:
    """Its name, its size and the beginning of its hash: the same for two builds that would run the same code."""
    return f"     {folder.name:17} {folder_size(folder) / 1_000_000:5.1f} MB  sha256 {folder_hash([folder])[:16]}"


def _import_problems(function: BuiltFunction, python: str) -> Iterable[str]:
    folders = json.dumps([str(folder.resolve()) for folder in function.import_path])
    run = subprocess.run(
        [python, "-S", "-P", "-B", str(PROBE), folders],
        cwd=function.code,
        env={"PATH": os.environ.get("PATH", "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        yield f"import raises: {run.stderr.strip().splitlines()[-1]}"
        return
    report = json.loads(run.stdout)
    if report["error"]:
        yield f"import fails with its layers {' '.join(function.layers)}: {report['error']}"
    loaded = {module.split(".")[0] for module in report["modules"]}
    for package, owners in LOADED_ONLY_IN.items():
        if package in loaded and function.name not in owners:
            yield f"loads {package}, which only {' and '.join(sorted(owners))} may load"
