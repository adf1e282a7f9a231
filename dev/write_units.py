"""Counts the write units that this process consumes, as the engine reports them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from roost.runtime.deps import Deps

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")


def count_writes(deps: Deps) -> Counter[str]:
    """By operation, index writes included, of everything written from now on."""
    units: Counter[str] = Counter()
    events = deps.messages.meta.client.meta.events

    def ask(params: dict[str, Any], model: Any, **_: object) -> None:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params.setdefault("ReturnConsumedCapacity", "INDEXES")

    def count(parsed: dict[str, Any], model: Any, **_: object) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for entry in consumed if isinstance(consumed, list) else [consumed]:
            if model.name in WRITES:
                units[model.name] += entry["CapacityUnits"]

    events.register("provide-client-params.dynamodb.*", ask)
    events.register("after-call.dynamodb.*", count)
    return units
