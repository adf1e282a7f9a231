"""`make fuzz`: schemathesis reads the OpenAPI document and calls every route with what it says and what it does not.

Exit 0 when no answer was a 5xx, every one was as documented, and the credentials it called with lasted to the end.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import httpx

from dev.cloud_process import PROJECT
from dev.fuzz.phone import paired_token
from dev.local_roost import CALL_SECONDS, LocalRoost

SCHEMATHESIS = PROJECT / ".venvs/fuzz/bin/st"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
"""Not `ignored_auth`: a key may come in either of two headers, and SMS8 answers errors with 200, so it would cry wolf.
tests/contract/test_handlers.py asks every route without a key instead."""

ENDS = {"phone": r"^/v1/phones/\{phone_id\}|^/phone/v1/unpair$", "key": r"^/v1/keys/\{key_id\}"}
"""Routes that may end what the others are called with: ids may come from earlier answers. Called last, because behind
them everything is 401, which no check minds."""

ASKS = {"phone": ("POST", "/phone/v1/callback"), "key": ("GET", "/v1/account")}


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
            return _fuzz(roost, state, ("--max-examples", str(given.examples), "--seed", str(given.seed)))
    finally:
        shutil.rmtree(state, ignore_errors=True)


def _fuzz(roost: LocalRoost, state: Path, how_much: Sequence[str]) -> int:
    """Phones sign in by `Authorization` only, and callers of the API by `x-api-key` where both are there."""
    headers = {"authorization": f"Bearer {paired_token(roost)}", "x-api-key": roost.keys.roost}
    command = [str(SCHEMATHESIS), "run", f"{roost.cloud.front}/v1/openapi.json", *how_much]
    command += [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--request-timeout", "60"]

    def fails(*routes: str) -> bool:
        return subprocess.run([*command, *routes], cwd=state, check=False).returncode != 0

    failed = fails("--exclude-path-regex", "|".join(ENDS.values()))
    with httpx.Client(base_url=roost.cloud.front, headers=headers, timeout=CALL_SECONDS) as http:
        for whose, routes in ENDS.items():
            if http.request(*ASKS[whose], json={}).status_code in (401, 403):
                failed = True
                print(f"A route that is not in ENDS ended the {whose}: behind it nothing was shown", file=sys.stderr)
            failed |= fails("--include-path-regex", routes)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
