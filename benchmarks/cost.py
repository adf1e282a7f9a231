"""The cost of a million messages: everything a real run uses is counted, and multiplied by list prices."""

from __future__ import annotations

from benchmarks.cost_model import designs, total
from benchmarks.counted_world import Counting, counting, shared_by
from benchmarks.counting import Usage
from benchmarks.figures import Bars, Cell, Figure, Found, Size, Table
from benchmarks.phone_traffic import traffic_found
from benchmarks.prices import FULL_CORE_MB, LINES, Counted, of_a_million, prices
from benchmarks.traffic_runs import RUNS, Run
from dev.phone.times import HOUR, SECOND

MOST_DOLLARS = {"single_at_pace": 8.0, "burst_of_10": 8.0, "campaign": 3.0}
MOST_WRITES = {"single_at_pace": 9.0, "burst_of_10": 9.0, "campaign": 3.0}
COMPARED = ("a", "b10", "c0", "tx", "c3R", "c5", "c6")
MOST_TRANSITIONS = {"campaign": 0.02}
HOURS_A_MONTH = 730
READINGS_MINUTES = 5
"""Between two of `take_readings` (decision 0046)."""

WHY = {
    "single_at_pace": "one request to accept and three of the phone are $4, nine write units $5.60: with two calls of "
    "the phone (decision 0035) it would be near the $12 of the design by formula; what is over nine units is the key's "
    "last use",
    "campaign": "each message is written when it is handed out and when it is reported, each part of eight or nine "
    "takes a transaction, a lease and its acceptance, and a phone that polls is written down (decision 0037)",
}


def measure(size: Size) -> Found:
    with counting() as counted:
        runs = [run(counted, size) for run in RUNS]
        rest = _at_rest(counted)
    found = Found(figures=[figure for run in runs for figure in _figures(run)])
    found.figures.append(Figure("at_rest_dollars", "a month at rest, one phone that polls", rest, "$"))
    found.tables["cost"] = _bill(runs)
    found.tables["cost_counts"] = _counts(runs)
    found.tables["cost_functions"] = _functions(runs)
    found.plots["cost"] = _compared(runs)
    rows: tuple[tuple[Cell, ...], ...] = found.plots["cost"].bars
    found.tables["cost_compared"] = Table("Dollars for a million messages, ours and others'", ("what", "$"), rows)
    found.words["memory"] = _memory()
    return traffic_found(runs, found)


def _figures(run: Run) -> list[Figure]:
    dollars = round(sum(of_a_million(run.counted).values()), 2)
    name, counted = run.name, run.counted
    writes, transitions = round(counted.write_units, 2), round(counted.transitions, 4)
    most = MOST_TRANSITIONS.get(name, 0)
    return [
        Figure(
            f"{name}_dollars",
            f"a million messages, {run.says}",
            dollars,
            "$",
            MOST_DOLLARS.get(name),
            WHY.get(name, ""),
        ),
        Figure(
            f"{name}_writes", f"write units of one, {run.says}", writes, "", MOST_WRITES.get(name), WHY.get(name, "")
        ),
        Figure(f"{name}_transitions", f"transitions of one, {run.says}", transitions, "", most),
    ]


def _bill(runs: list[Run]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        lines = of_a_million(run.counted)
        rows.append((run.says, *(round(lines[line], 2) for line in LINES), round(sum(lines.values()), 2)))
    return Table("Dollars for a million messages", ("run", *LINES, "sum"), tuple(rows))


def _counts(runs: list[Run]) -> Table:
    shown = (
        "requests",
        "invocations",
        "cpu_ms",
        "write_units",
        "read_units",
        "transitions",
        "log_bytes",
        "stored_bytes",
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (run.says, *(round(float(getattr(run.counted, name)), 3) for name in shown), round(run.pushes, 3))
        for run in runs
    )
    return Table("Counted, of one message", ("run", *(name.replace("_", " ") for name in shown), "pushes"), rows)


def _functions(runs: list[Run]) -> Table:
    columns = ("run, function", "invocations", "CPU ms each", "WRU each", "RRU each", "calls each")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{run.name}: {name}", *_each(usage)) for run in runs for name, usage in sorted(run.used.items())
    )
    return Table("Functions, as counted in each run", columns, rows)


def _each(usage: Usage) -> tuple[float, ...]:
    calls, count = sum(usage.calls.values()), max(1, usage.invocations)
    each = (usage.cpu_ms / count, usage.write_units / count, usage.read_units / count, calls / count)
    return usage.invocations, *(round(number, 2) for number in each)


def _compared(runs: list[Run]) -> Bars:
    known = designs()
    ours = [(f"Roost: {run.says}", round(sum(of_a_million(run.counted).values()), 2)) for run in runs]
    others = [(f"by formula: {known[name]['says']}", round(total(known[name]), 2)) for name in COMPARED]
    market = [(str(name), float(price)) for name, price in prices()["others"]["prices"]]
    return Bars("Dollars for a million messages", "$", tuple(ours + others + market), logarithmic=True)


def _memory() -> str:
    """At which memory CPU is priced, and what that means."""
    memory, core = Counted().memory_mb, FULL_CORE_MB
    return (
        f"Functions are priced at {memory} MB. Lambda gives them {memory} of {core:,} parts of a core "
        f"({memory / core:.1%}): a millisecond of CPU is billed as {core / memory:.1f} ms."
    )


def _at_rest(counted: Counting) -> float:
    """Dollars a month: what the schedules start and a phone that polls, an hour of it times 730."""
    with counted.stage([{"id": "a"}]) as stage:
        stage.world.run(HOUR / SECOND)
        counted.start()
        for minute in range(60):
            stage.world.run(60)
            stage.world.invoke("sweep", {})
            if minute % READINGS_MINUTES == 0:
                stage.world.invoke("take_readings", {})
        of_an_hour = shared_by(counted, list(counted.meter.used.values()), 1)
    kept = {**of_a_million(of_an_hour), "storage": 0}
    return round(sum(kept.values()) / 1e6 * HOURS_A_MONTH, 3)
