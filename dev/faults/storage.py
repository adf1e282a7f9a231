"""Faults at the table: a function killed before or after its n-th write, a write refused, another request in between.

Sits on botocore's events, so the code under test and its clients stay as they are.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal

from dev.phone.clock import VirtualTime

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
REQUEST_SECONDS = 0.002
THROTTLED = "ProvisionedThroughputExceededException"

Blow = Literal["kill_before", "kill_after", "throttle", "lose_answer", "interleave"]


class FunctionKilled(BaseException):
    """The Lambda is gone. Not an Exception, so that no handler can survive its own death."""


@dataclass(slots=True)
class WriteFault:
    """Hits the `write`-th matching write of one invocation; `times`: in how many invocations. None matches any.

    `key`: a part of the partition key; lease records have `#P#` in theirs.
    """

    blow: Blow
    write: int = 1
    function: str | None = None
    table: str | None = None
    key: str | None = None
    times: int = 1
    in_between: Callable[[], None] | None = None
    seen: int = 0
    hits: int = 0

    def counts(self, function: str, write: Write) -> bool:
        is_meant = (self.table or "") in write.table and (self.key or "") in write.key
        return self.hits < self.times and self.function in (None, function) and is_meant


@dataclass(slots=True)
class Write:
    """One write on its way. `table` is the physical name, `key` the partition key where the request shows one."""

    operation: str
    table: str
    key: str
    after: list[WriteFault] = field(default_factory=list)


class _OfThread(threading.local):
    """A function that halts in the middle stays there while others run."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.under_way: list[Write | None] = []


class StorageFaults:
    """One per process, installed before the first client is made. Counts the writes of each invocation.

    Each request of a function to its tables takes simulated time, so that no two of its writes share an instant.
    """

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self.faults: list[WriteFault] = []
        self.watchers: list[Callable[[Write], None]] = []
        self.writes_of: dict[str, int] = {}
        self._of_thread = _OfThread()

    def install(self, events: Any) -> None:
        """`events`: the hooks of the session that will make the clients."""
        events.register("before-call.dynamodb", self._before)
        events.register("after-call.dynamodb", self._after)

    def begin(self, function: str) -> None:
        """An invocation starts: its writes count from 1."""
        self._of_thread.functions.append(function)
        self.writes_of[function] = 0
        for fault in self.faults:
            fault.seen = 0

    def end(self) -> None:
        self._of_thread.functions.pop()

    def hits(self) -> int:
        """How often any fault struck so far."""
        return sum(fault.hits for fault in self.faults)

    def clear(self) -> None:
        self.faults.clear()
        self.watchers.clear()
        self._of_thread.functions.clear()

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        functions = self._of_thread.functions
        if functions:
            self._time.advance(REQUEST_SECONDS)
        write = _write_of(model.name, params) if model.name in WRITES and functions else None
        self._of_thread.under_way.append(write)
        if write is None:
            return None
        function = functions[-1]
        self.writes_of[function] += 1
        for fault in [fault for fault in self.faults if fault.counts(function, write)]:
            fault.seen += 1
            if fault.seen != fault.write:
                continue
            fault.hits += 1
            answer = self._strike(fault, write)
            if answer is not None:
                return answer
        return None

    def _strike(self, fault: WriteFault, write: Write) -> tuple[Any, dict[str, Any]] | None:
        if fault.blow == "kill_before":
            self._of_thread.under_way.pop()
            raise FunctionKilled
        if fault.blow == "throttle":
            error = {"Code": THROTTLED, "Message": "injected"}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}
        if fault.blow == "interleave" and fault.in_between is not None:
            fault.in_between()
        elif fault.blow in ("kill_after", "lose_answer"):
            write.after.append(fault)
        return None

    def _after(self, **_: Any) -> None:
        under_way = self._of_thread.under_way
        write = under_way.pop() if under_way else None
        if write is None:
            return
        for watcher in self.watchers:
            watcher(write)
        if any(fault.blow == "kill_after" for fault in write.after):
            raise FunctionKilled
        if write.after:
            raise TimeoutError("injected: the write was done, its answer was lost")


def _write_of(operation: str, params: dict[str, Any]) -> Write:
    body = json.loads(params["body"])
    if operation == "TransactWriteItems":
        [first, *_] = (next(iter(entry.values())) for entry in body["TransactItems"])
        body = first
    item = body.get("Key") or body.get("Item") or {}
    return Write(operation, str(body.get("TableName", "")), str(item.get("pk", {}).get("S", "")))
