"""The records that a letter about a stream only points at, read once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dev.cloud.event_filter import matches, parse_pattern
from dev.cloud.stream_reader import event_record
from owner.connection import Stack

GONE = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})

MOST_PAGES = 200
"""A page may be empty though records follow (DynamoDB's GetRecords says so), and an open shard has no last page."""


class RecordsGone(Exception):
    """The stream does not have all of them any more."""


class RecordsNotSeen(Exception):
    """The stream showed empty pages only, where they must be."""


def records_of(stack: Stack, letter: Mapping[str, Any]) -> list[Any]:
    """As the function was given them: what its filters leave out between the first and the last is left out here, too.

    Raises RecordsGone, RecordsNotSeen.
    """
    batch = letter["DDBStreamBatchInfo"]
    streams = stack.client("dynamodbstreams")
    try:
        found = _read(streams, batch)
    except streams.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            raise RecordsGone from None
        raise
    patterns = _patterns(stack, batch["streamArn"], letter["requestContext"]["functionArn"])
    records = [event_record(record, batch["streamArn"]) for record in found]
    return [record for record in records if not patterns or any(matches(pattern, record) for pattern in patterns)]


def _read(streams: Any, batch: Mapping[str, Any]) -> list[Any]:
    first, last = int(batch["startSequenceNumber"]), int(batch["endSequenceNumber"])
    found: list[Any] = []
    for page in _pages(streams, batch):
        found += [record for record in page if _number(record) <= last]
        if page and _number(page[-1]) >= last:
            break
    if not {first, last} <= {_number(record) for record in found}:
        raise RecordsGone
    return found


def _pages(streams: Any, batch: Mapping[str, Any]) -> Iterator[list[Any]]:
    """To the end of the shard. Raises RecordsNotSeen."""
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    empty = 0
    while iterator:
        answer = streams.get_records(ShardIterator=iterator)
        yield answer["Records"]
        empty = 0 if answer["Records"] else empty + 1
        if empty == MOST_PAGES:
            raise RecordsNotSeen
        iterator = answer.get("NextShardIterator")


def _number(record: Mapping[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _patterns(stack: Stack, stream: str, function: str) -> list[Mapping[str, Any]]:
    pages = stack.client("lambda").get_paginator("list_event_source_mappings").paginate(EventSourceArn=stream)
    mappings = [mapping for page in pages for mapping in page["EventSourceMappings"]]
    own = [mapping for mapping in mappings if _unqualified(mapping["FunctionArn"]) == _unqualified(function)]
    filters = [entry for mapping in own for entry in mapping.get("FilterCriteria", {}).get("Filters", ())]
    return [parse_pattern(entry["Pattern"]) for entry in filters]


def _unqualified(function_arn: str) -> str:
    """Without its version or alias: arn:aws:lambda:region:account:function:name[:qualifier]."""
    return ":".join(function_arn.split(":")[:7])
