"""The same requests with little and with much around them: messages stored, phones of the account, other accounts.

What is stored is put into the engine's tables as clones of what the API wrote, so that a million of them fit. Ours is
compared; the engine's own time, which AWS would not take, is told apart. Before the first step there are as many
messages as a list reads at once, so that all steps read the same; phones are compared from where they are looked at in
part.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from benchmarks.counted_world import Counting, counting
from benchmarks.figures import Bars, Cell, Figure, Found, Size, Table
from benchmarks.requests_run import Request, requests_of
from benchmarks.wire_phone import WirePhone
from dev.faults.stage import Stage
from roost.domain import ids
from roost.domain.instants import DAY, MINUTE
from roost.storage.message_pages import PAGE
from roost.storage.messages import key_of as message_key
from roost.storage.phones import FIRST, MORE
from roost.storage.phones import key_of as phone_key

ROUNDS = {"full": 30, "small": 6}
STEPS: dict[Size, dict[str, tuple[int, ...]]] = {
    "full": {"messages": (1_000, 100_000, 1_000_000), "phones": (10, 100, 10_000), "accounts": (1, 100, 1_000)},
    "small": {"messages": (100, 10_000), "phones": (10, 100, 1_000), "accounts": (1, 100)},
}
FLAT_FROM = {"phones": FIRST + MORE}
"""Fewer phones are read whole (decision 0034); the table shows what that saves."""

DAYS = 30
MOST = 1.1
WHY_CPU = {
    "phones": "calls and capacity are the same: the engine goes through all phones in this very process, for half a "
    "second at 10,000, and our code then finds the processor's caches cold",
}
MEASURED = ("accept", "claim", "read", "list")
OUR_CPU = 4
"""The column of the table."""

Item = dict[str, Any]
Tables = dict[str, dict[str, dict[str, Item]]]


@dataclass(frozen=True, slots=True)
class Measured:
    """The requests beside `count` of something."""

    count: int
    requests: dict[str, Request]


def measure(size: Size) -> Found:
    found, rows = Found(), list[tuple[Cell, ...]]()
    with counting() as counted:
        for what, fill in FILLS.items():
            measured = _steps(counted, fill, STEPS[size][what], ROUNDS[size])
            for name in MEASURED:
                found.figures += _ratios(what, name, _compared(what, measured), measured[-1])
            rows += [_row(what, step, name) for step in measured for name in MEASURED]
    columns = ("request, beside", "calls", "WRU", "RRU", "our CPU ms", "engine's CPU ms")
    found.tables["growth"] = Table("Requests beside what is stored", columns, tuple(rows))
    bars = tuple((str(row[0]), float(row[OUR_CPU] or 0)) for row in rows if str(row[0]).endswith("messages"))
    found.plots["growth"] = Bars("Our CPU of a request beside the messages stored", "ms", bars)
    return found


def _compared(what: str, measured: list[Measured]) -> Measured:
    return next(step for step in measured if step.count > FLAT_FROM.get(what, 0))


def _ratios(what: str, name: str, smaller: Measured, larger: Measured) -> list[Figure]:
    """Calls and units as they are, CPU with the noise of a machine."""
    first, last = smaller.requests[name], larger.requests[name]
    units = (last.write_units + last.read_units) / (first.write_units + first.read_units)
    says, key = f"{name} with {larger.count:,} {what}, over {smaller.count:,}", f"growth_{name}_{what}"
    return [
        Figure(f"{key}_calls", f"calls: {says}", round(last.calls / first.calls, 3), "x", MOST),
        Figure(f"{key}_units", f"capacity: {says}", round(units, 3), "x", MOST),
        Figure(
            f"{key}_cpu", f"our CPU: {says}", round(last.cpu_ms / first.cpu_ms, 2), "x", MOST, WHY_CPU.get(what, "")
        ),
    ]


def _row(what: str, step: Measured, name: str) -> tuple[Cell, ...]:
    request = step.requests[name]
    numbers = (request.calls, request.write_units, request.read_units, request.cpu_ms, request.engine_ms)
    return f"{name}, {step.count:,} {what}", *(round(number, 2) for number in numbers)


def _steps(counted: Counting, fill: Fill, counts: tuple[int, ...], rounds: int) -> list[Measured]:
    with ExitStack() as whole:
        stage = whole.enter_context(counted.stage([]))
        phone = WirePhone.paired(stage.world)
        requests_of(counted, stage, phone, PAGE)
        measured, before = [], 0
        for count in counts:
            fill(stage, before, count)
            gc.freeze()  # a million items of the engine are not ours to look through for garbage
            measured.append(Measured(count, requests_of(counted, stage, phone, rounds)))
            before = count
        return measured


def _messages(stage: Stage, before: int, count: int) -> None:
    """Delivered ones, over the last days."""
    account, now = stage.world.account, stage.world.time.now_ms
    items = _table(_tables(), "Messages")
    model = next(item for rows in items.values() for item in rows.values() if _is_message(item, account))
    plain = {name: value for name, value in model.items() if name not in ("queue", "queue_key")}
    for index in range(before, count):
        number = ids.message_id(now - 10 * MINUTE - index * (DAYS * DAY // max(count, 1)), serial=index % 200)
        key = {name: {"S": str(value)} for name, value in message_key(account, number).items()}
        item = {**plain, **key, "id": {"N": str(number)}, "status": {"S": "delivered"}}
        items.setdefault(key["pk"]["S"], {})[key["sk"]["S"]] = item


def _is_message(item: Item, account: str) -> bool:
    return bool(item.get("account", {}).get("S") == account and item.get("status", {}).get("S") == "sent")


def _phones(stage: Stage, before: int, count: int) -> None:
    """Of the same account: enabled, and busy until tomorrow, so that the first one stays the one that is chosen."""
    rows = _table(_tables(), "Devices")[f"A#{stage.world.account}"]
    model = rows[phone_key("", 1)["sk"]]
    tomorrow = {"M": {"next_free_at": {"N": str(stage.world.time.now_ms + DAY)}}}
    for number in range(max(before, 1) + 1, count + 1):
        sort_key = phone_key("", number)["sk"]
        rows[sort_key] = {**model, "sk": {"S": sort_key}, "number": {"N": str(number)}, "booked": tomorrow}


def _accounts(stage: Stage, before: int, count: int) -> None:
    """Clones of this one's phones and messages, under other names."""
    account = stage.world.account
    for table in ("Messages", "Devices", "Accounts"):
        items = _table(_tables(), table)
        mine = [(pk, rows) for pk, rows in items.items() if account in pk]
        for number in range(before, count - 1):
            other = f"{account}x{number}"
            for pk, rows in mine:
                items[pk.replace(account, other)] = {
                    sk: {**item, "pk": {"S": pk.replace(account, other)}} for sk, item in list(rows.items())[:20]
                }


Fill = Callable[[Stage, int, int], None]
FILLS: dict[str, Fill] = {"messages": _messages, "phones": _phones, "accounts": _accounts}
"""`fill(stage, before, count)`: so many more that there are `count`."""


def _tables() -> Any:
    return importlib.import_module("ministack.services.dynamodb")._tables


def _table(tables: Any, name: str) -> dict[str, dict[str, Item]]:
    """The items of the newest table of that name."""
    [items] = [table["items"] for physical, table in tables.items() if physical.startswith(f"{name}Table")][-1:]
    found: dict[str, dict[str, Item]] = items
    return found
