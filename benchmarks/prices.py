"""What is counted, times list prices: benchmarks/prices.json is the only place that has any."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "prices.json"
LINES = ("front door", "Lambda", "writes", "reads", "Step Functions", "logs", "data out", "storage")
FULL_CORE_MB = 1_769
"""Lambda's documentation: at this memory a function has one vCPU; below it a part of one, in proportion."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one message. `cpu_ms` on one whole core; `waited_ms` for others, at `memory_mb`; storage for a month."""

    requests: float = 0
    invocations: float = 0
    cpu_ms: float = 0
    waited_ms: float = 0
    write_units: float = 0
    read_units: float = 0
    transitions: float = 0
    log_bytes: float = 0
    out_bytes: float = 0
    stored_bytes: float = 0
    memory_mb: int = 256


@cache
def prices() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def of_a_million(counted: Counted) -> dict[str, float]:
    """Dollars for a million messages, by the lines of the bill."""
    price, giga = prices(), 1e9
    billed_ms = counted.cpu_ms * FULL_CORE_MB / counted.memory_mb + counted.waited_ms
    gigabyte_seconds = billed_ms / 1_000 * counted.memory_mb / 1_024
    lines = (
        counted.requests * price["million_http_requests"],
        counted.invocations * price["million_invocations"] + gigabyte_seconds * price["gigabyte_second"] * 1e6,
        counted.write_units * price["million_write_units"],
        counted.read_units * price["million_read_units"],
        counted.transitions * price["million_transitions"],
        counted.log_bytes * 1e6 / giga * price["gigabyte_logged"],
        counted.out_bytes * 1e6 / giga * price["gigabyte_out"],
        counted.stored_bytes * 1e6 / giga * price["gigabyte_month_stored"],
    )
    return dict(zip(LINES, lines, strict=True))
