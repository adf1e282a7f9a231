"""Measure Roost and say which goals hold.

`python -m benchmarks [--only PART[,PART]] [--small]`. Each part runs in a process of its own; what it finds goes to
benchmarks/results/latest.json, and from there into the documents. A part that breaks keeps no other from running.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.documents import write_documents
from benchmarks.figures import Figure, Found, Size, Table, shown
from benchmarks.part_process import in_a_process_of_its_own
from benchmarks.results_file import keep

PARTS = {
    "cost": "the cost of a million, and what phones call",
    "cold_start": "imports",
    "warm_path": "CPU and calls of a request",
    "growth": "the same with little and with much stored",
    "routing_waits": "waits of single messages under load",
    "routing": "a million messages over ten thousand phones",
    "end_to_end": "the local cloud with 1, 10 and 50 phones",
    "mcp_calls": "MCP calls beside REST",
    "sms8_batch": "10,000 messages in one request",
}


WHOLE = "whole"
MOST_SECONDS = 900
"""Of all parts on two cores, with nothing else running."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="some of: " + ", ".join(PARTS))
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes; nothing is kept")
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    ran = [_run(part, "small" if asked.small else "full", chosen.index(part), len(chosen)) for part in chosen]
    broken = [one.part for one in ran if one.found is None]
    whole = whole_of(ran)
    print()
    for line in lines_of(whole):
        print(line)
    if not asked.small:
        if set(chosen) == set(PARTS) and not broken:
            keep(WHOLE, whole, sum(one.seconds for one in ran))
        write_documents()
    if broken:
        print(f"\nBroke, and keep what they found before: {', '.join(broken)}")
    if missed := [one.part for one in ran if not one.holds]:
        print(f"\nNot every goal holds: {', '.join(missed)}")
    return 1 if broken or missed else 0


@dataclass(frozen=True, slots=True)
class Ran:
    """`found`: None for a part that broke."""

    part: str
    seconds: float
    found: Found | None

    @property
    def holds(self) -> bool:
        return self.found is None or all(figure.holds is not False for figure in self.found.figures)


def _run(part: str, size: Size, place: int, whole: int) -> Ran:
    print(f"\n[{place + 1}/{whole}] {part}: {PARTS[part]} ...", flush=True)
    started = time.perf_counter()
    told = in_a_process_of_its_own(part, size)
    ran = Ran(part, time.perf_counter() - started, None if isinstance(told, str) else told)
    if isinstance(told, str):
        print(told, file=sys.stderr)
    else:
        if size == "full":
            keep(part, told, ran.seconds)
        for line in lines_of(told):
            print(line)
    print(f"  ({ran.seconds:.0f} s)", flush=True)
    return ran


def whole_of(ran: Sequence[Ran]) -> Found:
    """What the benchmark itself took."""
    seconds = round(sum(one.seconds for one in ran))
    says = "all parts together" if len(ran) == len(PARTS) else ", ".join(one.part for one in ran)
    rows = tuple((one.part, round(one.seconds)) for one in ran)
    return Found(
        [Figure("bench_seconds", f"seconds of {says}", seconds, "s", MOST_SECONDS)],
        {"bench_seconds": Table("Seconds of each part", ("part", "s"), rows)},
    )


def lines_of(found: Found) -> Iterator[str]:
    """A line for each figure, with its goal and whether it holds."""
    for figure in found.figures:
        value = f"{shown(figure.value)} {figure.unit}".strip()
        goal = "" if figure.at_most is None else f"at most {shown(figure.at_most)}"
        held = {None: "", True: "holds", False: "DOES NOT HOLD"}[figure.holds]
        print_reason = f"  because {figure.reason}" if figure.reason and figure.holds is False else ""
        yield f"  {figure.says:<62} {value:>14}  {goal:<14} {held}{print_reason}"


if __name__ == "__main__":
    sys.exit(main())
