"""Reading a table's stream through the public API, from its beginning."""

import base64
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

READ_LIMIT = 1000
UNREAD_SECONDS = 300
"""An iterator that is not used expires after 15 minutes, and the record to go on from is kept for a day."""


class StreamReader:
    """The last shard of one table's stream; remembers how far it has read."""

    def __init__(self, table: str, dynamodb: Any, streams: Any) -> None:
        self._streams = streams
        self.arn: str = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        shards = streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        self.shard: str = shards[-1]["ShardId"]
        self._iterator: str | None = None
        self._last_number: str | None = None

    def read(self) -> list[dict[str, Any]]:
        """The next records as a function gets them; [] when there are none yet."""
        iterator = self._iterator or self._position()
        try:
            answer = self._streams.get_records(ShardIterator=iterator, Limit=READ_LIMIT)
        except self._streams.exceptions.ExpiredIteratorException:
            answer = self._streams.get_records(ShardIterator=self._position(), Limit=READ_LIMIT)
        self._iterator = answer.get("NextShardIterator")
        records = [event_record(record, self.arn) for record in answer["Records"]]
        if records:
            self._last_number = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _position(self) -> str:
        # records are lost when the engine stops, so a saved position would lie beyond an empty stream
        start = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last_number}
            if self._last_number
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        answer = self._streams.get_shard_iterator(StreamArn=self.arn, ShardId=self.shard, **start)
        return str(answer["ShardIterator"])


class GrownStream:
    """A reader that makes no request while its stream has not grown: one that finds nothing costs as much as a write,
    and the pollers of an idle cloud made a hundred a second."""

    def __init__(
        self, reader: StreamReader, end: Callable[[str], int], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """`end`: how many records the stream of an ARN has had so far."""
        self._reader = reader
        self._end = end
        self._seconds = seconds
        self._emptied_at: int | None = None
        self._ask_again_at = 0.0

    def read(self) -> list[dict[str, Any]]:
        """As StreamReader.read."""
        end, now = self._end(self._reader.arn), self._seconds()
        if end == self._emptied_at and now < self._ask_again_at:
            return []
        records = self._reader.read()
        self._emptied_at, self._ask_again_at = None if records else end, now + UNREAD_SECONDS
        return records


def event_record(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    """A record as Lambda passes it to a function: plain JSON, with the stream's ARN."""
    plain: dict[str, Any] = _plain(record)
    return {**plain, "eventSourceARN": stream_arn}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value
