"""Reading a stream: what a record looks like, and where reading goes on."""

from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from dev.cloud.stream_reader import UNREAD_SECONDS, GrownStream, StreamReader, event_record


def test_a_record_becomes_the_json_lambda_sends() -> None:
    record = {
        "eventID": "1",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "NewImage": {"raw": {"B": b"\x00\xff"}, "set": {"BS": [b"a"]}},
        },
    }
    assert event_record(record, "arn:stream") == {
        "eventID": "1",
        "eventSourceARN": "arn:stream",
        "dynamodb": {
            "ApproximateCreationDateTime": 1767323045.0,
            "NewImage": {"raw": {"B": "AP8="}, "set": {"BS": ["YQ=="]}},
        },
    }


def _client(service: str) -> Any:
    session: Any = boto3.Session("test", "test", region_name="us-east-1")
    return session.client(service)


def _record(number: str) -> dict[str, Any]:
    return {"eventID": number, "dynamodb": {"SequenceNumber": number}}


def test_an_expired_iterator_goes_on_after_the_last_record_read() -> None:
    dynamodb, streams = _client("dynamodb"), _client("dynamodbstreams")
    arn, shard = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1", "shardId-00000000000000000000-0"
    with Stubber(dynamodb) as tables, Stubber(streams) as stubs:
        tables.add_response("describe_table", {"Table": {"LatestStreamArn": arn}})
        stubs.add_response("describe_stream", {"StreamDescription": {"Shards": [{"ShardId": shard}]}})
        place = {"StreamArn": arn, "ShardId": shard}
        stubs.add_response(
            "get_shard_iterator", {"ShardIterator": "i1"}, {**place, "ShardIteratorType": "TRIM_HORIZON"}
        )
        stubs.add_response("get_records", {"Records": [_record("1" * 21)], "NextShardIterator": "i2"})
        stubs.add_client_error("get_records", "ExpiredIteratorException")
        after = {**place, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": "1" * 21}
        stubs.add_response("get_shard_iterator", {"ShardIterator": "i3"}, after)
        stubs.add_response("get_records", {"Records": [_record("2" * 21)], "NextShardIterator": "i4"})
        reader = StreamReader("t", dynamodb, streams)
        assert [record["eventID"] for record in reader.read()] == ["1" * 21]
        assert [record["eventID"] for record in reader.read()] == ["2" * 21]


class _Stream(StreamReader):
    """Has one record per unit of `written`, and counts the requests."""

    def __init__(self) -> None:
        self.arn, self.written, self.taken, self.requests = "arn:stream", 0, 0, 0

    def read(self) -> list[dict[str, Any]]:
        self.requests += 1
        found, self.taken = [_record(str(number)) for number in range(self.taken, self.written)], self.written
        return found


@given(st.lists(st.integers(0, 2), max_size=20))
def test_no_record_waits_for_a_second_look_however_the_stream_grows(growth: list[int]) -> None:
    stream = _Stream()
    grown = GrownStream(stream, lambda arn: stream.written, lambda: 0.0)
    for more in growth:
        stream.written += more
        assert len(grown.read()) == more


def test_a_record_written_during_an_empty_read_is_found_by_the_next_one() -> None:
    stream, ends = _Stream(), iter([0, 1])
    grown = GrownStream(stream, lambda arn: next(ends), lambda: 0.0)
    assert grown.read() == []
    stream.written = 1
    assert len(grown.read()) == 1


def test_a_stream_that_does_not_grow_is_asked_only_to_keep_its_iterator() -> None:
    stream, now = _Stream(), iter([0.0, 1.0, UNREAD_SECONDS - 1.0, UNREAD_SECONDS + 0.0])
    grown = GrownStream(stream, lambda arn: 0, lambda: next(now))
    asked = []
    for _ in range(4):
        grown.read()
        asked.append(stream.requests)
    assert asked == [1, 1, 1, 2]
