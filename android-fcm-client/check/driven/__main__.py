"""`make android-check` runs this: the scenario table of `make faults`, with the Kotlin core in the phones."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from dev.faults.random_plan import Size
from dev.faults.random_round import play_round
from dev.faults.report import SHOWN_FAILURES, SHOWN_STORY, not_yet, title
from dev.faults.runtime import Runtime, running
from dev.faults.scenarios import TABLES, Scenario, play, read_table
from kotlin_phone import install
from process import POOL


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    install()
    started = time.monotonic()
    scenarios = [scenario for table in TABLES for scenario in read_table(table)]
    if options.only:
        scenarios = [scenario for scenario in scenarios if options.only in (scenario.name, scenario.number)]
    with running() as runtime:
        failed = play_all(runtime, scenarios, is_quiet=options.quiet)
        if options.messages and not options.only:
            failed += play_random(runtime, Size(options.phones, options.messages), options.seed)
    POOL.close()
    _say(f"{POOL.killed} JVMs killed with SIGKILL, {POOL.started} started; took {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


def play_all(runtime: Runtime, scenarios: Sequence[Scenario], *, is_quiet: bool) -> int:
    """How many failed."""
    failed = passed = 0
    for scenario in scenarios:
        if scenario.needs:
            _say(not_yet(scenario))
            continue
        outcome = play(runtime, scenario)
        if outcome.failures:
            failed += 1
            _say(f"  FAILED   {title(scenario)}")
            for line in (*outcome.failures[:SHOWN_FAILURES], *outcome.story[-SHOWN_STORY:]):
                _say(f"             {line}")
        else:
            passed += 1
            if not is_quiet:
                _say(f"  ok       {title(scenario)}")
    _say(f"Kotlin core: {passed} scenarios passed, {failed} failed, {len(scenarios) - passed - failed} not yet")
    return failed


def play_random(runtime: Runtime, size: Size, seed: str) -> int:
    played = play_round(runtime, size, seed, lambda _: None)
    for line in played.failures[:SHOWN_FAILURES]:
        _say(f"  seed {seed}: {line}")
    counts = " · ".join(f"{kind} {played.count(kind)}" for kind in ("lost", "twice", "stuck"))
    _say(f"Kotlin core: random run of {size.messages} messages on {size.phones} phones, seed {seed}: {counts}")
    return len(played.failures)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="check/driven", description=__doc__)
    add = parser.add_argument
    add("--only", help="one scenario, by name or number")
    add("--quiet", action="store_true", help="name only what failed")
    add("--messages", type=int, default=0, help="of a random run after the scenarios")
    add("--phones", type=int, default=4)
    add("--seed", default="kotlin")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
