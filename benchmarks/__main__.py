"""Measure Roost and say which goals hold.

`python -m benchmarks [--only PART[,PART]] [--small]`. Each part runs in a process of its own; what it finds goes to
benchmarks/results/latest.json, and from there into the documents.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from benchmarks.documents import write_documents
from benchmarks.figures import Found, Size, shown
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="some of: " + ", ".join(PARTS))
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes; nothing is kept")
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    failed = [
        part for part in chosen if not _run(part, "small" if asked.small else "full", chosen.index(part), len(chosen))
    ]
    if not asked.small:
        write_documents()
    if failed:
        print(f"\nNot every goal holds, or a part broke: {', '.join(failed)}")
    return 1 if failed else 0


def _run(part: str, size: Size, place: int, whole: int) -> bool:
    """Whether it ran and all of its goals hold."""
    print(f"\n[{place + 1}/{whole}] {part}: {PARTS[part]} ...", flush=True)
    started = time.perf_counter()
    told = in_a_process_of_its_own(part, size)
    seconds = time.perf_counter() - started
    if isinstance(told, str):
        print(told, file=sys.stderr)
        return False
    if size == "full":
        keep(part, told, seconds)
    for line in lines_of(told):
        print(line)
    print(f"  ({seconds:.0f} s)", flush=True)
    return all(figure.holds is not False for figure in told.figures)


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
