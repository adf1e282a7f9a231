"""Unchecked-hash bytecode: without it each cold start compiles, and Lambda's file dates make other kinds stale."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def compile_for(runtime: str, folder: Path) -> str:
    """Compiles everything below `folder` if an interpreter of exactly this version is here; says what it did.

    `runtime`: the minor version, "3.13". Bytecode of another minor version would be ignored on Lambda.
    """
    python = _interpreter(runtime)
    if python is None:
        return f"No bytecode: python{runtime} is not on this machine. The build works, its cold starts take longer."
    command = [python, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash", "-j", "0", str(folder)]
    subprocess.run(command, check=True)
    return f"Bytecode for Python {runtime} added."


def _interpreter(runtime: str) -> str | None:
    found = shutil.which(f"python{runtime}")
    if found is None:
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    return found if answer.returncode == 0 and answer.stdout.startswith(f"Python {runtime}.") else None
