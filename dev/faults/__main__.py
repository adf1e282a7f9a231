"""`make faults`: every scenario by name, then a seeded random run. Exit code 0 only if everything held."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence

from dev.faults.random_plan import Size
from dev.faults.random_round import NOT_YET, Round
from dev.faults.report import ProgressBar, failed_rounds, not_yet, outcome_lines, verdict
from dev.faults.scenarios import TABLES, Outcome, Scenario, read_table
from dev.faults.workers import WORKERS, RoundTask, work_off

MOST_PER_ROUND = 2_000
"""A round is a world of its own, so that memory and the story of a failure stay small."""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    started = time.monotonic()
    scenarios = [scenario for table in TABLES for scenario in read_table(table)]
    if options.only:
        wanted = set(options.only.split(","))
        scenarios = [scenario for scenario in scenarios if wanted & {scenario.name, scenario.number}]
        if not scenarios:
            print(f"no scenario is called {options.only}; the names are in {', '.join(str(table) for table in TABLES)}")
            return 2
    failed = run_scenarios(scenarios)
    rounds = [] if options.only or not options.messages else run_random(options.seed, options.phones, options.messages)
    print(f"took {time.monotonic() - started:.0f} s")
    if rounds:
        print(verdict([played for played in rounds if played is not None]))
    return 1 if failed or any(played is None or played.failures for played in rounds) else 0


def run_scenarios(scenarios: Sequence[Scenario]) -> int:
    """How many failed. Those that need what the server cannot do yet are named and not counted as passed."""
    waiting = [scenario for scenario in scenarios if scenario.needs]
    playable = [scenario for scenario in scenarios if not scenario.needs]
    for scenario in waiting:
        print(not_yet(scenario))
    failed = 0
    for told in work_off(playable, min(WORKERS, len(playable))) if playable else ():
        if told.result is None and told.broke is None:
            continue
        lines = outcome_lines(told, playable[told.number])
        failed += not (isinstance(told.result, Outcome) and not told.result.failures)
        print("\n".join(lines), flush=True)
    print(f"{len(playable) - failed} passed, {failed} failed, {len(waiting)} not yet")
    return failed


def run_random(seed: int, phones: int, messages: int) -> list[Round | None]:
    """What was found; None for a round in which the harness itself broke."""
    print(f"random run: {messages} messages, {phones} phones, SEED={seed}")
    count = max(WORKERS, -(-messages // MOST_PER_ROUND))
    sizes = [Size(phones, messages // count + (number < messages % count)) for number in range(count)]
    tasks = [RoundTask(f"{seed}-{number}", size) for number, size in enumerate(sizes)]
    bar, rounds, broke = ProgressBar(count, messages), [], []
    for told in work_off(tasks):
        bar.update(told.number, told.part)
        if isinstance(told.result, Round):
            rounds.append(told.result)
        elif told.broke is not None:
            broke.append(f"  seed {tasks[told.number].seed}: the harness broke\n{told.broke}")
    print("\n".join(["", *failed_rounds(rounds), *broke]))
    for invariant, need in NOT_YET.items():
        print(f"not yet: {invariant} (needs {need})")
    return [*rounds, *[None] * len(broke)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.faults", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="repeats a random run")
    add("--messages", type=int, default=2_000, help="of the random run; 0: scenarios only (default: %(default)s)")
    add("--phones", type=int, default=50, help="of each world of the random run (default: %(default)s)")
    add("--only", help="scenarios by name or number, joined by commas, and no random run")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
