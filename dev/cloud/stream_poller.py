"""One event source mapping at work: read, filter, batch, deliver."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.cloud.clients import Clients
from dev.cloud.stream_batch import Answer, BatchDelivery, GivenUp, NotInvokedError, Records, failure_message
from dev.cloud.stream_mapping import StreamMapping
from dev.cloud.stream_reader import GrownStream, StreamReader

TICK_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0


class PollerStoppedError(Exception):
    """The poller was told to stop while it waited for a retry."""


@dataclass
class PollerState:
    """Counters since the start, for people and tests."""

    mapping: str
    table: str
    function: str
    records: int = 0
    invocations: int = 0
    failures: int = 0
    given_up: int = 0
    in_flight: bool = False
    last_error: str | None = None


class StreamPoller(threading.Thread):
    """A thread of its own per mapping: several functions on one stream each have their own position."""

    def __init__(
        self,
        mapping: StreamMapping,
        clients: Clients,
        stream_end: Callable[[str], int],
        tell: Callable[[str], None],
        between_reads: float = 0.0,
    ) -> None:
        super().__init__(name=f"poller-{mapping.name}", daemon=True)
        self.state = PollerState(mapping.name, mapping.table, mapping.function)
        self.empty_read_began = 0.0
        """When the last read that found nothing was started, in monotonic seconds."""
        self._mapping = mapping
        self._between_reads = between_reads
        self._tell = tell
        self._lambda = clients.of("lambda")
        self._sqs = clients.of("sqs")
        self._reader = StreamReader(mapping.table, clients.of("dynamodb"), clients.of("dynamodbstreams"))
        self._stream = GrownStream(self._reader, stream_end)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._delivery = BatchDelivery(mapping, self._invoke, self._give_up, time.time, self._pause)

    def run(self) -> None:
        """Poll until stopped."""
        while not self._stopping.is_set():
            try:
                self._poll_once()
            except PollerStoppedError:
                return
            except (BotoCoreError, ClientError) as error:
                self._note(f"reading the stream failed: {error}")
                self._stopping.wait(TICK_SECONDS)

    def stop(self) -> None:
        """Ask the thread to end after the running invocation."""
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        """Cut the current tick short."""
        self._wake.set()

    def _poll_once(self) -> None:
        began = time.monotonic()
        self.state.in_flight = True
        records = self._stream.read()
        if not records:
            self.state.in_flight = False
            self.empty_read_began = began
            self._rest(began, TICK_SECONDS)
            return
        self.state.records += len(records)
        wanted = [record for record in records if self._mapping.wants(record)]
        for batch in self._batches(wanted):
            self._delivery.deliver(batch)
        self._rest(began, 0.0)

    def _rest(self, began: float, at_least: float) -> None:
        self._wake.wait(max(at_least, began + self._between_reads - time.monotonic()))
        self._wake.clear()

    def _batches(self, records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        size, closes = self._mapping.batch_size, time.monotonic() + self._mapping.window
        while records and len(records) % size and time.monotonic() < closes and not self._stopping.is_set():
            more = self._stream.read()
            self.state.records += len(more)
            records += [record for record in more if self._mapping.wants(record)]
            if not more:
                self._stopping.wait(TICK_SECONDS)
        for start in range(0, len(records), size):
            yield records[start : start + size]

    def _invoke(self, records: Records) -> Answer:
        self.state.invocations += 1
        payload = json.dumps({"Records": list(records)}).encode()
        try:
            answer = self._lambda.invoke(FunctionName=self._mapping.function, Payload=payload)
        except (BotoCoreError, ClientError) as error:
            self._note(f"invoking {self._mapping.function} failed: {error}")
            raise NotInvokedError from error
        body = answer["Payload"].read()
        result = Answer(
            payload=json.loads(body) if body else None,
            function_error=answer.get("FunctionError"),
            status=answer["StatusCode"],
            request_id=answer["ResponseMetadata"].get("RequestId", ""),
            version=answer.get("ExecutedVersion", "$LATEST"),
        )
        if result.function_error:
            self.state.failures += 1
            self._note(f"{self._mapping.function} failed: {_summary(result.payload)}")
        return result

    def _give_up(self, given_up: GivenUp) -> None:
        self.state.given_up += len(given_up.records)
        self._note(f"{self._mapping.name} gave up {len(given_up.records)} records: {given_up.condition}")
        if not self._mapping.failure_queue:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            arn = self._lambda.get_function_configuration(FunctionName=self._mapping.function)["FunctionArn"]
            message = failure_message(given_up, arn, self._reader.arn, self._reader.shard, now)
            self._sqs.send_message(QueueUrl=self._mapping.failure_queue, MessageBody=json.dumps(message))
        except (BotoCoreError, ClientError) as error:
            # the records after these must not be held up by a queue that is gone
            self._note(f"the on-failure queue of {self._mapping.name} was not reached: {error}")

    def _pause(self, retry: int) -> None:
        if self._stopping.wait(min(TICK_SECONDS * 2**retry, LONGEST_PAUSE_SECONDS)):
            raise PollerStoppedError

    def _note(self, error: str) -> None:
        # a function that keeps failing is tried many times a second: say it once
        if error != self.state.last_error:
            self._tell(error)
        self.state.last_error = error

    def describe(self) -> dict[str, Any]:
        """The state as JSON."""
        return asdict(self.state)


def _summary(payload: Any) -> str:
    # type and message only: a trace can be long, and it is in the function log
    if isinstance(payload, dict):
        return f"{payload.get('errorType')}: {payload.get('errorMessage')}"
    return str(payload)
