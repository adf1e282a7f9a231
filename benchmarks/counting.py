"""Counts what functions use while they run in this process: CPU, calls, capacity, log lines, bytes.

The engine of the local cloud plays DynamoDB in the same process: its own CPU is taken off and kept apart.
"""

from __future__ import annotations

import base64
import io
import json
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from dev.faults import engine
from roost.storage.checks import CURSOR

READ_BLOCK = 4_096
LOG_OVERHEAD = 26
"""Bytes that CloudWatch counts beside each line's own."""

Raw = dict[str, Any]


@dataclass(slots=True)
class Usage:
    """Of one function. `cpu_ms`: ours, SDK and framework included; `engine_ms`: of the tables. `out_bytes`: answers.
    `minutes`: that the sweep worked off."""

    invocations: int = 0
    requests: int = 0
    cpu_ms: float = 0
    engine_ms: float = 0
    write_units: float = 0
    read_units: float = 0
    log_bytes: int = 0
    in_bytes: int = 0
    out_bytes: int = 0
    minutes: int = 0
    calls: Counter[str] = field(default_factory=Counter)


class LogBytes(io.TextIOBase):
    """Where functions print."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, text: str) -> int:
        self.size += len(text.encode()) + LOG_OVERHEAD * text.count("\n")
        return len(text)


class Meter:
    """One per process, since it stands between the SDK and the engine."""

    def __init__(self) -> None:
        self.used: dict[str, Usage] = {}
        self._current: Usage | None = None
        self.log = LogBytes()
        self._play = engine._answer

    def clear(self) -> None:
        self.used = {}

    @contextmanager
    def installed(self) -> Iterator[None]:
        with mock.patch.object(engine, "_answer", self._answer):
            yield

    @contextmanager
    def invocation(self, function: str, event: Raw) -> Iterator[Usage]:
        usage = self.used.setdefault(function, Usage())
        usage.invocations += 1
        usage.requests += "requestContext" in event
        usage.in_bytes += content_bytes(event) if "requestContext" in event else 0
        outer, self._current = self._current, usage
        engine_before, log_before, started = usage.engine_ms, self.log.size, time.process_time()
        try:
            with redirect_stdout(self.log):
                yield usage
        finally:
            spent = (time.process_time() - started) * 1_000
            usage.cpu_ms += spent - (usage.engine_ms - engine_before)
            usage.log_bytes += self.log.size - log_before
            self._current = outer

    def _answer(self, play: Any, request: Any) -> Any:
        """The engine's answer, with what it consumed taken out of it again."""
        usage = self._current
        target = request.headers.get("X-Amz-Target", b"")
        name = (target.decode() if isinstance(target, bytes) else target).rpartition(".")
        if usage is None or "DynamoDB_" not in name[0]:
            return self._play(play, request)
        started = time.process_time()
        try:
            return self._counted(usage, name[2], play, request)
        finally:
            usage.engine_ms += (time.process_time() - started) * 1_000

    def _counted(self, usage: Usage, operation: str, play: Any, request: Any) -> Any:
        asked = json.loads(request.body)
        request.body = json.dumps({**asked, "ReturnConsumedCapacity": "TOTAL"}).encode()
        response = self._play(play, request)
        answer: Raw = json.loads(response.content)
        usage.calls[operation] += 1
        usage.minutes += asked.get("Item", {}).get("pk") == {"S": CURSOR["pk"]}
        if operation in ("GetItem", "Query", "BatchGetItem", "TransactGetItems"):
            usage.read_units += read_units(asked, answer)
        else:
            usage.write_units += write_units(answer, response.status_code, asked)
        answer.pop("ConsumedCapacity", None)
        return _with_content(response, json.dumps(answer).encode())


def _with_content(response: Any, content: bytes) -> Any:
    """Without the check sum of what it was."""
    response._content = content
    response.headers = {name: value for name, value in response.headers.items() if "crc32" not in name.lower()}
    return response


def write_units(answer: Raw, status: int, asked: Raw) -> float:
    """As the engine says; a condition that failed is charged all the same, twice in a transaction."""
    if status >= 400:
        failed = (
            "ConditionalCheckFailed" in str(answer.get("__type")),
            "TransactionCanceled" in str(answer.get("__type")),
        )
        return float(failed[0]) + 2.0 * failed[1] * len(asked.get("TransactItems", ()))
    consumed = answer.get("ConsumedCapacity", [])
    return sum(float(entry["CapacityUnits"]) for entry in (consumed if isinstance(consumed, list) else [consumed]))


def read_units(asked: Raw, answer: Raw) -> float:
    """By size: the engine charges one block whatever was read. What a filter left out was read, too."""
    if "Item" in answer or "Key" in asked:
        return _blocks(item_bytes(answer.get("Item", {}))) * _rate(asked)
    if "Responses" in answer and isinstance(answer["Responses"], dict):
        wanted = sum(len(keys["Keys"]) for keys in asked["RequestItems"].values())
        items = [item for found in answer["Responses"].values() for item in found]
        return 0.5 * (sum(_blocks(item_bytes(item)) for item in items) + wanted - len(items))
    items = answer.get("Items", [])
    looked_at = answer.get("ScannedCount", len(items)) / max(len(items), 1)
    return _blocks(sum(map(item_bytes, items)) * max(looked_at, 1)) * _rate(asked)


def _blocks(size: float) -> int:
    return max(1, math.ceil(size / READ_BLOCK))


def _rate(asked: Raw) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5


def item_bytes(item: Raw) -> int:
    """As DynamoDB's documentation counts: names and values in UTF-8, two digits of a number a byte."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Raw) -> int:
    [(kind, held)] = value.items()
    if kind == "N":
        return len(held) // 2 + 2
    if kind == "S":
        return len(held.encode())
    if kind == "M":
        return 3 + item_bytes(held) + len(held)
    if kind == "L":
        return 3 + sum(_value_bytes(member) + 1 for member in held)
    return sum(len(member) for member in held) if kind in ("SS", "NS") else 1


def content_bytes(message: Raw) -> int:
    """The body of an event or of an answer, as it is on the wire."""
    body = message.get("body") or ""
    return len(base64.b64decode(body)) if message.get("isBase64Encoded") else len(body.encode())
