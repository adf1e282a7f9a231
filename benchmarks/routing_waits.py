"""How long single messages wait for a phone under load, when some phones of many are looked at for each.

Messages arrive at random; each phone takes one every 240 s. A message goes to the phone that is free first among those
that `find_phone` reads: all of a few, the first and as many from a random place on of many. Beside it a
random phone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.figures import Bars, Cell, Figure, Found, Size, Table
from roost.storage.phones import FIRST, MORE

GAP = 240.0
CASES = ((10, 0.8), (100, 0.8), (100, 0.95), (1_000, 0.8), (1_000, 0.95), (10_000, 0.95))
MESSAGES = {"full": 200_000, "small": 10_000}
MOST_SECONDS = 20.0
"""Of 99 in 100, at a thousand phones that are busy 95 % of the time."""

WHY = (
    "48 of 1,000 phones are read for a message (decision 0034). An index of phones by the instant at which they are "
    "free would reach it, for about two write units with each claim; the wait stays well under one gap of 240 s"
)

Candidates = Callable[[int, random.Random], Sequence[int]]


def some(phones: int, rng: random.Random) -> Sequence[int]:
    """The places of the phones that are read for one message."""
    if phones <= FIRST:
        return range(phones)
    start = FIRST + rng.randrange(max(phones - FIRST - MORE + 1, 1))
    return [*range(FIRST), *range(start, min(start + MORE, phones))]


def anyone(phones: int, rng: random.Random) -> Sequence[int]:
    return (rng.randrange(phones),)


def waits(phones: int, load: float, messages: int, candidates: Candidates, seed: int = 1) -> list[float]:
    """Seconds, sorted, of the second half: the first fills the phones."""
    rng, free, now, found = random.Random(seed), [0.0] * phones, 0.0, []
    for number in range(messages):
        now += rng.expovariate(load * phones / GAP)
        chosen = min(candidates(phones, rng), key=free.__getitem__)
        at = max(now, free[chosen])
        free[chosen] = at + GAP
        if number >= messages // 2:
            found.append(at - now)
    return sorted(found)


def measure(size: Size) -> Found:
    rows: list[tuple[Cell, ...]] = []
    found = Found()
    for phones, load in CASES:
        ours = waits(phones, load, MESSAGES[size], some)
        other = waits(phones, load, MESSAGES[size], anyone)
        rows.append((f"{phones:,} phones, load {load}", *_told(ours), *_told(other)))
        if (phones, load) == (1_000, 0.95):
            says = "99 of 100 messages wait at most, 1,000 phones, load 0.95"
            found.figures.append(Figure("wait_p99", says, round(_percentile(ours, 0.99), 1), "s", MOST_SECONDS, WHY))
    columns = ("case", "mean s", "p99 s", "random: mean s", "random: p99 s")
    found.tables["routing_waits"] = Table("Waits of single messages", columns, tuple(rows))
    bars = [bar for row in rows for bar in ((row[0], row[2]), (f"random phone: {row[0]}", row[4]))]
    shown = tuple((str(says), float(seconds or 0)) for says, seconds in bars)
    found.plots["routing_waits"] = Bars("99 of 100 messages wait at most", "s", shown, logarithmic=True)
    return found


def _told(values: list[float]) -> tuple[float, float]:
    return round(sum(values) / len(values), 1), round(_percentile(values, 0.99), 1)


def _percentile(values: list[float], part: float) -> float:
    return values[int(part * (len(values) - 1))]
