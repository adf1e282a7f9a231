"""`make fuzz`: schemathesis reads the OpenAPI document and calls every route with what it says and what it does not.

Exit 0 when no answer was a 5xx and every one was as documented.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from dev.cloud_process import PROJECT
from dev.local_roost import LocalRoost

SCHEMATHESIS = PROJECT / ".venvs/fuzz/bin/st"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
"""Not `ignored_auth`: a key may come in either of two headers, and SMS8 answers errors with 200, so it would cry wolf.
tests/contract/test_handlers.py asks every route without a key instead."""


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
            # Without one, a send by SMS for AI's route is answered 500: that is its contract.
            roost.start_phone(state / "phone", "Fuzzed phone", "--fast")
            roost.pace_fast("Fuzzed phone")
            return subprocess.run(_command(roost, given.examples, given.seed), cwd=state, check=False).returncode
    finally:
        shutil.rmtree(state, ignore_errors=True)


def _command(roost: LocalRoost, examples: int, seed: int) -> list[str]:
    command = [str(SCHEMATHESIS), "run", f"{roost.cloud.front}/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {roost.keys.roost}", "--header", f"x-api-key: {roost.keys.roost}"]
    command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--request-timeout", "60"]
    return [*command, "--max-examples", str(examples), "--seed", str(seed)]


if __name__ == "__main__":
    raise SystemExit(main())
