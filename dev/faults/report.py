"""What `make faults` prints."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from dev.faults.random_round import Round
from dev.faults.scenarios import Outcome, Scenario
from dev.faults.workers import Told

BAR = 40
SHOWN_FAILURES = 12
SHOWN_STORY = 60


def title(scenario: Scenario) -> str:
    return f"{scenario.number:<5}{scenario.name}"


def not_yet(scenario: Scenario) -> str:
    return f"  not yet  {title(scenario)} (needs {', '.join(scenario.needs)})"


def outcome_lines(told: Told, scenario: Scenario) -> list[str]:
    """One line for what passed; for what failed also why, the seed, and the last events."""
    if told.broke is not None:
        return [f"  FAILED   {title(scenario)}: the harness broke", *told.broke.splitlines()]
    outcome = told.result
    assert isinstance(outcome, Outcome)
    if not outcome.failures:
        times = f" ({outcome.runs} runs)" if outcome.runs > 1 else ""
        return [f"  ok       {title(scenario)}{times}"]
    lines = [f"  FAILED   {title(scenario)}, seed {scenario.seed}; alone: make faults ONLY={scenario.name}"]
    lines += [f"             {line}" for line in outcome.failures[:SHOWN_FAILURES]]
    left = len(outcome.failures) - SHOWN_FAILURES
    lines += [f"             and {left} more"] if left > 0 else []
    return lines + [f"           | {line}" for line in outcome.story[-SHOWN_STORY:]]


class ProgressBar:
    """On a terminal one line that fills up; elsewhere a line for every tenth."""

    def __init__(self, rounds: int, messages: int) -> None:
        self._parts = [0.0] * rounds
        self._messages = messages
        self._shown_tenths = 0

    def update(self, number: int, part: float) -> None:
        self._parts[number] = part
        done = sum(self._parts) / len(self._parts)
        text = f"[{'#' * round(BAR * done):<{BAR}}] {done:4.0%} of {self._messages} messages"
        if sys.stdout.isatty():
            sys.stdout.write(f"\r  {text}")
        elif int(done * 10) > self._shown_tenths:
            self._shown_tenths = int(done * 10)
            sys.stdout.write(f"  {text}\n")
        sys.stdout.flush()


def failed_rounds(rounds: Iterable[Round]) -> list[str]:
    return [f"  seed {played.seed}: {line}" for played in rounds for line in played.failures[:SHOWN_FAILURES]]


def verdict(rounds: Sequence[Round]) -> str:
    """The last line of a run."""
    counts = (f"{kind} {sum(played.count(kind) for played in rounds)}" for kind in ("lost", "twice", "stuck"))
    return " · ".join(counts)
