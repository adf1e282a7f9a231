"""Runs the official suite against our handler with the suite's fixture tools, in both eras."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from dev.mcp_conformance.expectations import EXPECTED_FAILURES, SINGLE_SCENARIOS

SECONDS = 600
MODERN = "2026-07-28"
PASSED = re.compile(r"Passed: (\d+/\d+)")


class Suite:
    """`node`: what runs it; `folder`: where npm put it."""

    def __init__(self, node: Path, folder: Path, url: str) -> None:
        script = folder / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
        self._command = [str(node), str(script), "server", "--url", url]

    def holds(self) -> bool:
        """Prints a line for each revision and scenario."""
        eras = [self._era(revision) for revision in EXPECTED_FAILURES]
        singles = [self._single(scenario) for scenario in SINGLE_SCENARIOS]
        return all(eras) and all(singles)

    def _era(self, revision: str) -> bool:
        expected = EXPECTED_FAILURES[revision]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as baseline:
            baseline.write("server:\n" + "".join(f"  - {name}\n" for name in expected))
            baseline.flush()
            run = self._run("--spec-version", revision, "--expected-failures", baseline.name)
        verdict = "ok  " if run.returncode == 0 else "FAIL"
        scenarios = re.findall(r"^[✓✗] .*$", run.stdout, re.MULTILINE)
        print(f"{verdict} {revision}: {len(scenarios)} scenarios, {len(expected)} do not apply")
        if run.returncode:
            print(run.stdout[-6_000:], run.stderr[-2_000:])
        return run.returncode == 0

    def _single(self, scenario: str) -> bool:
        expected, reason = SINGLE_SCENARIOS[scenario]
        run = self._run("--spec-version", MODERN, "--scenario", scenario)
        found = PASSED.search(run.stdout)
        passed = found[1] if found else "nothing"
        print(f"{'ok  ' if passed == expected else 'FAIL'} {MODERN} {scenario}: {passed} ({reason or 'all'})")
        if passed != expected:
            print(f"     expected {expected}\n{run.stdout[-3_000:]}")
        return passed == expected

    def _run(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = [*self._command, *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
