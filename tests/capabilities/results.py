"""What the tests that carry a capability's id say about it, and the table printed from that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Verdict(StrEnum):
    """`none`: no test that ran carries the id. A skipped test proves nothing and counts as not run."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True)
class CapabilityResult:
    """One line of the table."""

    id: str
    verdict: Verdict
    tests: int

    def __str__(self) -> str:
        return f"{self.id}  {self.verdict}  {self.tests} {'test' if self.tests == 1 else 'tests'}"


@cache
def capability_titles() -> Mapping[str, str]:
    """Every promised capability, id -> title, in the order of the specification."""
    titles: dict[str, str] = json.loads(Path(__file__).with_name("capabilities.json").read_text(encoding="utf-8"))
    return titles


def results(outcomes: Mapping[str, Iterable[str]]) -> list[CapabilityResult]:
    """`outcomes`: id -> pytest's outcome of each test that carries it ("passed", "failed", "skipped")."""
    return [_result(id_, outcomes.get(id_, ())) for id_ in capability_titles()]


def table(lines: Iterable[CapabilityResult]) -> str:
    """The table as text; its last line is the sum."""
    listed = list(lines)
    passed = sum(line.verdict is Verdict.PASS for line in listed)
    return "\n".join([*map(str, listed), f"{passed} of {len(listed)} pass"])


def _result(id_: str, outcomes: Iterable[str]) -> CapabilityResult:
    ran = [outcome for outcome in outcomes if outcome != "skipped"]
    if not ran:
        return CapabilityResult(id_, Verdict.NONE, 0)
    verdict = Verdict.PASS if all(outcome == "passed" for outcome in ran) else Verdict.FAIL
    return CapabilityResult(id_, verdict, len(ran))
