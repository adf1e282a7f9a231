"""`make fuzz`: schemathesis reads the OpenAPI document and calls every route with what it says and what it does not.

Exit 0 when no answer was a 5xx, every one was documented, and no route let anybody in without a key.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from dev.local_roost import PROJECT, LocalRoost

SCHEMATHESIS = PROJECT / ".venvs/fuzz/bin/st"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
HEADERLESS_CHECKS = ("ignored_auth",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--examples", type=int, default=20, help="requests for each route and phase")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    home = PROJECT / ".roost"
    home.mkdir(exist_ok=True)
    state = Path(tempfile.mkdtemp(prefix="fuzz-", dir=home))
    try:
        with LocalRoost(state) as roost:
            return subprocess.run(_command(roost, given.examples, given.seed), cwd=state, check=False).returncode
    finally:
        shutil.rmtree(state, ignore_errors=True)


def _command(roost: LocalRoost, examples: int, seed: int) -> list[str]:
    command = [str(SCHEMATHESIS), "run", f"{roost.cloud.front}/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {roost.keys.roost}"]
    command += ["--checks", ",".join([*CHECKS, *HEADERLESS_CHECKS]), "--phases", "examples,coverage,fuzzing"]
    return [*command, "--max-examples", str(examples), "--seed", str(seed)]


if __name__ == "__main__":
    raise SystemExit(main())
