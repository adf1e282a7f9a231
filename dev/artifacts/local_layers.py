"""The layers once more, for this machine's interpreter and architecture, so that the check can import them."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from dev.cloud.packaging import RUNTIME_STAND_IN

BROUGHT_BY_LAMBDA = (
    "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3",
    "awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py",
)  # fmt: skip
"""boto3, the runtime client, and what they need: part of Lambda's Python runtime, so no layer carries it."""


class LayerBuildFailed(Exception):
    """make did not build a layer; the message carries its output."""


def build_layers(layers: Mapping[str, Path], target: Path) -> dict[str, Path]:
    """Logical id -> folder to put on the path. `layers`: logical id -> folder with the Makefile."""
    shutil.rmtree(target, ignore_errors=True)
    return {logical_id: _build(logical_id, source, target / logical_id) for logical_id, source in layers.items()}


def lambda_runtime(target: Path) -> Path:
    """Folder with what Lambda brings and nothing else of this environment, as links."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for installed in map(_installed, BROUGHT_BY_LAMBDA):
        (target / installed.name).symlink_to(installed)
    return target


def _installed(name: str) -> Path:
    """Where a package, or a module of one file, lies in this environment."""
    if name == "runtime_client" and sys.platform != "linux":
        return RUNTIME_STAND_IN / f"{name}.py"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise LayerBuildFailed(f"{name} is not installed in this environment: run `make setup`")
    place = Path(spec.origin)
    return place.parent if place.name == "__init__.py" else place


def _build(logical_id: str, source: Path, artifacts: Path) -> Path:
    command = ["make", "--no-print-directory", "-C", str(source), f"build-{logical_id}"]
    options = [f"ARTIFACTS_DIR={artifacts.resolve()}", "TARGET=", f"LAYER_PYTHON={sys.executable}"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise LayerBuildFailed(f"building {logical_id} in {source} failed:\n{run.stdout}{run.stderr}")
    return artifacts / "python"
