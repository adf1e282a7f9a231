"""What a phone calls for one delivered SMS, in requests and bytes, beside what other gateways' phones call.

Read off the runs of `cost`. The others' counts are from their source code, as of their repositories in 2026.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Bars, Figure, Found
from benchmarks.traffic_runs import Run

MOST_CALLS = {"single_at_pace": 2.0, "burst_of_10": 0.3}
WHY = "a claim, the report that it was sent, and one that it was delivered (decision 0035)"
PEERS = (("httpSMS (NdoleStudio/httpsms)", 3.0), ("SMSGate (capcom6), ten in a row", 3.1), ("textbee, one part", 2.0))


def traffic_found(runs: Sequence[Run], found: Found) -> Found:
    """`found`, and what these runs say about it."""
    for run in runs:
        calls, size = round(run.phone_calls, 2), round(run.phone_bytes)
        most = MOST_CALLS.get(run.name)
        found.figures.append(
            Figure(f"{run.name}_calls", f"calls of the phone for one SMS, {run.says}", calls, "", most, WHY)
        )
        found.figures.append(Figure(f"{run.name}_bytes", f"bytes to and from the phone, {run.says}", size, "B"))
    ours = tuple((f"Roost: {run.says}", round(run.phone_calls, 2)) for run in runs)
    found.plots["phone_calls"] = Bars("Calls of the phone for one delivered SMS", "", ours + PEERS)
    return found
