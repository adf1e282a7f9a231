"""What designs of such a system would cost, by formula: what ours is compared with.

Of one delivered message: B a request, k a claim, s status calls, p pushes, Gf and Gk indexes with and without a status
in them, t status writes, tau 2 in a transaction, f transitions, x of X transitions when something goes wrong.
`designs.json` has the parameters and the totals that a person has checked; a test computes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.prices import Counted, of_a_million

FILE = Path(__file__).parent / "designs.json"
ACCEPT_MS, CLAIM_MS, MESSAGE_MS, STATUS_MS, WEBHOOK_MS = 18, 25, 2, 15, 40
EVENTS_AN_INVOCATION = 10
REQUEST_BYTES, PUSH_BYTES, WEBHOOK_BYTES = 600, 1_500, 1_500


def designs() -> dict[str, dict[str, Any]]:
    """By name, each with all of its parameters, `says` and the checked `total`."""
    read = json.loads(FILE.read_text(encoding="utf-8"))
    made: dict[str, dict[str, Any]] = {"base": read["base"]}
    for design in read["designs"]:
        known = {"says": design["says"], "total": design["total"]}
        made[design["name"]] = {**made[design["of"]], **design["change"], **known}
    del made["base"]
    return made


def counted(d: dict[str, Any]) -> Counted:
    """What a design would count, by the formulas."""
    requests = 1 / d["B"] + 1 / d["k"] + d["s"]
    invocations = requests + d["p"] + d["e"] / EVENTS_AN_INVOCATION
    millis = ACCEPT_MS / d["B"] + CLAIM_MS / d["k"] + MESSAGE_MS + STATUS_MS * d["s"]
    millis += d["dispatch"] * d["p"] + WEBHOOK_MS * d["e"]
    accept = d["tau"] * (d["put"] + (d["idem"] + d["rate"] + d["day"]) / d["B"] + d["Gf"] + d["Gk"] + d["q"])
    changes = d["t"] * (1 + d["Gf"]) + d["q"]
    transitions = d["f"] + d["x"] * d["X"] / d["gx"] + d["e"] * d["w"] * d["W"] / d["gw"]
    return Counted(
        requests=requests * d["F"],
        invocations=invocations,
        waited_ms=millis * d["mem"] * 1_024 / 256,
        write_units=accept + changes + d["c"] / d["k"] + 6 * d["x"],
        read_units=d["rru"],
        transitions=transitions,
        log_bytes=invocations * d["L"] + requests * d["A"],
        out_bytes=REQUEST_BYTES * requests + PUSH_BYTES * d["p"] + WEBHOOK_BYTES * d["e"],
        stored_bytes=d["kb"] * 1_000,
    )


def total(design: dict[str, Any]) -> float:
    """Dollars for a million."""
    return sum(of_a_million(counted(design)).values())
