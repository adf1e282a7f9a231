"""The messages table's stream, delivered by hand: in time, late, twice, in pieces, or to a function that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dev.artifacts.template_functions import TemplateFunction
from dev.cloud.event_filter import parse_pattern
from dev.cloud.stream_batch import Answer, handled
from dev.cloud.stream_mapping import UNLIMITED, StreamMapping
from dev.phone.clock import VirtualTime
from dev.phone.times import SECOND

Record = dict[str, Any]
FIRST_RETRY_MS = SECOND


@dataclass(slots=True)
class StreamFaults:
    """Each counts deliveries still to be hit. `one_by_one`: every record in a batch of its own."""

    repeat: int = 0
    fail: int = 0
    lose_answer: int = 0
    delay_seconds: float = 0
    one_by_one: bool = False

    def calm(self) -> None:
        """No more faults."""
        self.repeat = self.fail = self.lose_answer = 0
        self.delay_seconds, self.one_by_one = 0, False


@dataclass(slots=True)
class Part:
    """Records that are tried together, not before `due_ms`."""

    records: Sequence[Record]
    due_ms: int
    attempts: int = 0


def mappings_of(function: TemplateFunction) -> list[StreamMapping]:
    """The stream events of a function of the template, as their pollers need them."""
    events = function.properties.get("Events", {}).items()
    return [_mapping(function, name, event["Properties"]) for name, event in events if event["Type"] == "DynamoDB"]


def _mapping(function: TemplateFunction, name: str, given: dict[str, Any]) -> StreamMapping:
    patterns = tuple(parse_pattern(entry["Pattern"]) for entry in given.get("FilterCriteria", {}).get("Filters", []))
    return StreamMapping(
        name=f"{function.name}.{name}",
        table="MessagesTable",
        function=function.name,
        patterns=patterns,
        batch_size=given.get("BatchSize", 100),
        reports_items="ReportBatchItemFailures" in given.get("FunctionResponseTypes", []),
        bisects=given.get("BisectBatchOnFunctionError", False) is True,
        retries=given.get("MaximumRetryAttempts", UNLIMITED),
    )


class StreamPump:
    """One mapping's poller in simulated time. `invoke(event)`: the function's answer, or None when it crashed."""

    def __init__(
        self, mapping: StreamMapping, invoke: Callable[[dict[str, Any]], Any], time: VirtualTime, faults: StreamFaults
    ) -> None:
        self._mapping = mapping
        self._invoke = invoke
        self._time = time
        self._faults = faults
        self._parts: list[Part] = []
        self.given_up: list[Record] = []

    def take(self, records: Sequence[Record]) -> None:
        """New records of the stream, in order."""
        wanted = [record for record in records if self._mapping.wants(record)]
        size = 1 if self._faults.one_by_one else self._mapping.batch_size
        due = self._time.now_ms + round(self._faults.delay_seconds * SECOND)
        for start in range(0, len(wanted), size):
            self._parts.append(Part(wanted[start : start + size], due))

    def next_ms(self) -> int | None:
        return self._parts[0].due_ms if self._parts else None

    def deliver_due(self) -> bool:
        """Try the first part if its time has come. False when there was nothing to do."""
        if not self._parts or self._parts[0].due_ms > self._time.now_ms:
            return False
        part = self._parts.pop(0)
        done = self._try(part)
        rest = part.records[done:]
        if rest:
            self._parts[0:0] = self._again(Part(rest, part.due_ms, part.attempts), split=done > 0)
        elif self._faults.repeat > 0:
            self._faults.repeat -= 1
            self._invoke({"Records": list(part.records)})
        return True

    def _try(self, part: Part) -> int:
        """How many records from the start are done."""
        faults = self._faults
        if faults.fail > 0:
            faults.fail -= 1
            answer = Answer(function_error="injected")
        else:
            payload = self._invoke({"Records": list(part.records)})
            answer = Answer(payload=payload, function_error="killed" if payload is None else None)
            if faults.lose_answer > 0:
                faults.lose_answer -= 1
                answer = Answer(function_error="injected: answer lost")
        return handled(answer, part.records, self._mapping.reports_items)

    def _again(self, part: Part, *, split: bool) -> list[Part]:
        """As Lambda does it: bisect first, and only a part that cannot be split uses its attempts up."""
        if self._mapping.bisects and split:
            return [part]
        if self._mapping.bisects and len(part.records) > 1:
            middle = len(part.records) // 2
            halves = (part.records[:middle], part.records[middle:])
            return [Part(half, part.due_ms, part.attempts) for half in halves]
        if self._mapping.retries != UNLIMITED and part.attempts >= self._mapping.retries:
            self.given_up += part.records
            return []
        wait = FIRST_RETRY_MS << min(part.attempts, 6)
        return [Part(part.records, self._time.now_ms + wait, part.attempts + 1)]
