"""Delivery of one batch of stream records: partial failures, bisecting, retries, giving up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dev.cloud.stream_mapping import UNLIMITED, StreamMapping

Record = Mapping[str, Any]
Records = Sequence[Record]
Condition = Literal["RetryAttemptsExhausted", "MaxRecordAgeExceeded"]


class NotInvokedError(Exception):
    """The function was not reached (throttled, engine restarting): tried again without counting."""


@dataclass(frozen=True)
class Answer:
    """What an invocation gave back. `payload` is the decoded JSON answer."""

    payload: Any = None
    function_error: str | None = None
    status: int = 200
    request_id: str = ""
    version: str = "$LATEST"


@dataclass(frozen=True)
class GivenUp:
    """Records that will not be tried again."""

    records: Records
    condition: Condition
    invocations: int
    answer: Answer


@dataclass(frozen=True)
class _Part:
    records: Records
    attempts: int = 0


@dataclass(frozen=True)
class BatchDelivery:
    """Delivers batches in order: a record is done before the next one that comes after it is tried again."""

    mapping: StreamMapping
    invoke: Callable[[Records], Answer]
    """Calls the function; raises NotInvokedError when it was not reached."""
    give_up: Callable[[GivenUp], None]
    now: Callable[[], float]
    """Epoch seconds."""
    pause: Callable[[int], None]
    """Waits before the n-th retry; raises when the poller is being stopped."""

    def deliver(self, records: Records) -> None:
        """Return when every record was handled or given up."""
        work = [_Part(records)]
        while work:
            part = work.pop()
            fresh = self._drop_expired(part)
            if fresh:
                work.extend(reversed(self._try(_Part(fresh, part.attempts))))

    def _try(self, part: _Part) -> list[_Part]:
        """Invoke once; returns the parts that are still to do, in order."""
        try:
            answer = self.invoke(part.records)
        except NotInvokedError:
            self.pause(1)
            return [part]
        done = handled(answer, part.records, self.mapping.reports_items)
        rest = part.records[done:]
        return self._again(rest, part.attempts, answer, split=done > 0) if rest else []

    def _again(self, rest: Records, attempts: int, answer: Answer, split: bool) -> list[_Part]:
        # splitting costs no retry: only a part that cannot be split any more uses its attempts up
        if self.mapping.bisects and split:
            return [_Part(rest, attempts)]
        if self.mapping.bisects and len(rest) > 1:
            middle = len(rest) // 2
            return [_Part(rest[:middle], attempts), _Part(rest[middle:], attempts)]
        if self.mapping.retries != UNLIMITED and attempts >= self.mapping.retries:
            self.give_up(GivenUp(rest, "RetryAttemptsExhausted", attempts + 1, answer))
            return []
        self.pause(attempts + 1)
        return [_Part(rest, attempts + 1)]

    def _drop_expired(self, part: _Part) -> Records:
        if self.mapping.record_age == UNLIMITED:
            return part.records
        oldest = self.now() - self.mapping.record_age
        expired = [record for record in part.records if record["dynamodb"]["ApproximateCreationDateTime"] < oldest]
        if expired:
            self.give_up(GivenUp(expired, "MaxRecordAgeExceeded", part.attempts, Answer()))
        return part.records[len(expired) :]


def handled(answer: Answer, records: Records, reports_items: bool) -> int:
    """How many records from the start are done after this answer."""
    if answer.function_error:
        return 0
    if not reports_items or not answer.payload:
        return len(records)
    if not isinstance(answer.payload, Mapping):
        return 0
    failures = answer.payload.get("batchItemFailures")
    if not failures:
        return len(records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    try:
        return min(numbers.index(failure["itemIdentifier"]) for failure in failures)
    except (ValueError, KeyError, TypeError):
        # an empty, wrongly named or foreign identifier: Lambda takes the whole batch as failed
        return 0


def failure_message(given_up: GivenUp, function_arn: str, stream_arn: str, shard: str, now: str) -> dict[str, Any]:
    """What Lambda sends to the on-failure queue: where the records are, not the records. `now` is ISO 8601."""
    records = given_up.records
    first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
    return {
        "requestContext": {
            "requestId": given_up.answer.request_id,
            "functionArn": function_arn,
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.invocations,
        },
        "responseContext": {
            "statusCode": given_up.answer.status,
            "executedVersion": given_up.answer.version,
            "functionError": given_up.answer.function_error,
        },
        "version": "1.0",
        "timestamp": now,
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "approximateArrivalOfFirstRecord": first["ApproximateCreationDateTime"],
            "approximateArrivalOfLastRecord": last["ApproximateCreationDateTime"],
            "batchSize": len(records),
            "streamArn": stream_arn,
        },
    }
