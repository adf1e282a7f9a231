"""A million contacts over ten thousand phones: how late the last message is, over the earliest that is possible.

`python -m benchmarks.routing [--messages N] [--phones N] [--seed N] [--dying PERCENT]`. A simulation of claims by the
rules that deploy: `guided_size`, `next_slot`, `book`, `HOLD`. Phones have caps of 50, 100, 150 or 200 a day, 240 s
between messages, and send from 8 to 20 o'clock in one of four time zones. The bound is `finishes_at`: no rule can be
earlier.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.figures import Cell, Figure, Found, Size, Table
from benchmarks.results_file import keep_own_run
from roost.domain.batches import guided_size
from roost.domain.finishing import Sending, finishes_at
from roost.domain.instants import HOUR, SECOND, from_datetime
from roost.domain.leases import HOLD, MAX_JOBS
from roost.domain.pacing import Bookings, Pacing, book, next_opening, next_slot

CASES = {
    "full": ((1_000_000, 10_000, 0.0), (200_000, 2_000, 0.03)),
    "small": ((10_000, 100, 0.0), (10_000, 100, 0.03)),
}
"""Messages, phones, and the part of them that dies."""

MOST = 1.02
CAPS = (50, 100, 150, 200)
ZONES = ("Etc/GMT", "Etc/GMT+1", "Etc/GMT+2", "Etc/GMT+3")
BEGINS = from_datetime(datetime(2026, 11, 16, 8, tzinfo=UTC))
GIVEN_BACK_AFTER = 600 * SECOND
"""So long after its last slot what a dead phone held is taken to be nobody's (economics of claims)."""


@dataclass(slots=True)
class Simulated:
    """`dies_at`: it neither sends nor claims from then on."""

    pacing: Pacing
    booked: Bookings
    dies_at: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`makespan`: of the last message that left, in ms. `sent`: each message once."""

    makespan: int
    sent: int
    claims: int


def phones_of(count: int, dying: float, rng: random.Random) -> list[Simulated]:
    """Each begins at its own moment of the first gap."""
    made = []
    for _ in range(count):
        hours = rng.randrange(len(ZONES))
        pacing = Pacing(240, rng.choice(CAPS), False, "20:00", "08:00", ZONES[hours])
        opens = BEGINS + hours * HOUR + rng.randrange(240 * SECOND)
        dies_at = BEGINS + rng.randrange(10 * HOUR) if rng.random() < dying else None
        made.append(Simulated(pacing, Bookings(next_free_at=opens), dies_at))
    return made


def simulate(phones: list[Simulated], messages: int) -> Outcome:
    """Phones pull a guided part of what is left whenever they are through with the last."""
    left = messages
    waiting = [(max(BEGINS, phone.booked.next_free_at - HOLD), place) for place, phone in enumerate(phones)]
    heapq.heapify(waiting)
    given_back: list[tuple[int, int]] = []
    last = sent = claims = 0
    while sent < messages:
        at, place = heapq.heappop(waiting)
        while given_back and given_back[0][0] <= at:
            left += heapq.heappop(given_back)[1]
        phone = phones[place]
        if phone.dies_at is not None and at >= phone.dies_at:
            continue
        slots = _claim(phone, at, min(left, guided_size(left, len(phones)), MAX_JOBS))
        left -= len(slots)
        out = [slot for slot in slots if phone.dies_at is None or slot < phone.dies_at]
        sent, claims, last = sent + len(out), claims + bool(slots), max([last, *out])
        if len(out) < len(slots):
            heapq.heappush(given_back, (slots[-1] + GIVEN_BACK_AFTER, len(slots) - len(out)))
        heapq.heappush(waiting, (_next_claim(phone, at, slots), place))
    return Outcome(last - BEGINS, sent, claims)


def _claim(phone: Simulated, at: int, most: int) -> list[int]:
    slots: list[int] = []
    while len(slots) < most:
        slot = next_slot(phone.pacing, phone.booked, 0, at, at, at + HOLD)
        if slot is None:
            break
        phone.booked = book(phone.pacing, phone.booked, at, slot)
        slots.append(slot)
    return slots


def _next_claim(phone: Simulated, at: int, slots: list[int]) -> int:
    """With the report of its last message; without any, when it may hold some again, ten minutes later at least."""
    if slots:
        return slots[-1]
    opening = next_opening(phone.pacing, phone.booked, 0, at).at
    return opening - HOLD if opening - HOLD > at else max(opening, at + 600 * SECOND)


def bound_of(phones: list[Simulated], messages: int) -> int:
    """The earliest possible makespan, in ms, of those that do not die: what the others do on top only helps."""
    able = (Sending(phone.pacing, phone.booked, 0) for phone in phones if phone.dies_at is None)
    at = finishes_at(able, messages, BEGINS)
    if at is None:
        raise SystemExit("these phones need more than two months: choose fewer messages or more phones")
    return at - BEGINS


def rows(outcome: Outcome, bound: int, seconds: float) -> Iterator[tuple[str, float]]:
    yield "makespan_hours", round(outcome.makespan / HOUR, 3)
    yield "bound_hours", round(bound / HOUR, 3)
    yield "makespan_over_bound", round(outcome.makespan / bound, 5)
    yield "messages_per_claim", round(outcome.sent / outcome.claims, 2)
    yield "seconds", round(seconds, 1)


def measure(size: Size) -> Found:
    found, tables = Found(), list[tuple[Cell, ...]]()
    for messages, count, dying in CASES[size]:
        phones = phones_of(count, dying, random.Random(1))
        bound, outcome = bound_of(phones, messages), simulate(phones, messages)
        ratio, each = round(outcome.makespan / bound, 5), round(outcome.sent / outcome.claims, 2)
        says = f"{messages:,} messages, {count:,} phones" + (f", {dying:.0%} die" if dying else "")
        name = "makespan" + ("_dying" if dying else "")
        found.figures.append(Figure(name, f"last message over the exact bound, {says}", ratio, "x", MOST))
        found.figures.append(Figure(f"{name}_missing", f"not sent once, {says}", messages - outcome.sent, "", 0))
        tables.append((says, round(bound / HOUR, 2), round(outcome.makespan / HOUR, 2), ratio, each))
    columns = ("case", "bound h", "makespan h", "ratio", "messages a claim")
    found.tables["routing"] = Table("Campaigns over many phones", columns, tuple(tables))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--phones", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dying", type=float, default=0, help="percent of the phones that die in the first ten hours")
    asked = parser.parse_args()
    started = time.perf_counter()
    phones = phones_of(asked.phones, asked.dying / 100, random.Random(asked.seed))
    bound = bound_of(phones, asked.messages)
    outcome = simulate(phones, asked.messages)
    found = dict(rows(outcome, bound, time.perf_counter() - started))
    keep_own_run("routing", vars(asked), found)
    print(json.dumps(found, indent=1))
    good = outcome.sent == asked.messages and outcome.makespan <= MOST * bound
    print("held" if good else f"NOT held: at most {MOST} of the bound")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
