"""Reading a stream: what a record looks like, and where reading goes on."""

from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import Stubber

from dev.cloud.stream_reader import StreamReader, event_record


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
