"""The records of a letter are all of those the function was given, and nothing is said of those nobody has seen."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from owner.connection import Stack
from owner.stream_letters import MOST_PAGES, RecordsGone, RecordsNotSeen, records_of

STREAM = "arn:aws:dynamodb:eu-west-1:1:table/Contacts/stream/now"
FUNCTION = "arn:aws:lambda:eu-west-1:1:function:dispatch"
LETTER = {
    "requestContext": {"functionArn": f"{FUNCTION}:$LATEST"},
    "DDBStreamBatchInfo": {
        "streamArn": STREAM, "shardId": "shard", "startSequenceNumber": "11", "endSequenceNumber": "14",
    },
}  # fmt: skip


class Wire:
    """A shard of these pages, and a function that is given what `pattern` lets through."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, pages: Sequence[Sequence[int]], *, closed: bool = True, pattern: str | None = None) -> None:
        self._pages = pages
        self._closed = closed
        self._pattern = pattern

    def client(self, _: str) -> Wire:
        return self

    def get_shard_iterator(self, **_: str) -> dict[str, str]:
        return {"ShardIterator": "0"}

    def get_records(self, ShardIterator: str) -> dict[str, Any]:  # noqa: N803 - as boto3 calls it
        place = int(ShardIterator)
        page = self._pages[place] if place < len(self._pages) else ()
        is_last = self._closed and place + 1 >= len(self._pages)
        following = {} if is_last else {"NextShardIterator": str(place + 1)}
        return {"Records": [self._record(number) for number in page], **following}

    def _record(self, number: int) -> dict[str, Any]:
        image = {"work": {"S": "import"}} if number % 2 else {"status": {"S": "running"}}
        return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": image}}

    def get_paginator(self, _: str) -> Wire:
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        filters = {"FilterCriteria": {"Filters": [{"Pattern": self._pattern}]}} if self._pattern else {}
        other = {"FunctionArn": f"{FUNCTION}-of-another", "FilterCriteria": {"Filters": [{"Pattern": '{"a": ["b"]}'}]}}
        return [{"EventSourceMappings": [{"FunctionArn": FUNCTION, **filters}, other]}]


def numbers(wire: Wire) -> list[int]:
    return [int(record["dynamodb"]["SequenceNumber"]) for record in records_of(cast("Stack", wire), LETTER)]


@pytest.mark.parametrize("pages", [[[11, 12, 13, 14, 15]], [[], [11, 12], [], [], [13, 14]], [[11], [], [12, 13, 14]]])
def test_an_empty_page_is_not_the_end(pages: list[list[int]]) -> None:
    assert numbers(Wire(pages)) == [11, 12, 13, 14]


def test_records_that_the_function_does_not_want_are_left_out() -> None:
    wanted = '{"dynamodb": {"NewImage": {"work": {"S": ["import"]}}}}'
    assert numbers(Wire([[11, 12, 13, 14]], pattern=wanted)) == [11, 13]


@pytest.mark.parametrize("pages", [[[]], [[11, 12, 13]], [[12, 13, 14]], [[15, 16]]])
def test_a_closed_shard_without_all_of_them_has_lost_them(pages: list[list[int]]) -> None:
    with pytest.raises(RecordsGone):
        numbers(Wire(pages))


def test_an_open_shard_is_not_read_for_ever() -> None:
    with pytest.raises(RecordsNotSeen):
        numbers(Wire([[11, 12]], closed=False))
    late = [*([] for _ in range(MOST_PAGES - 1)), [11, 12, 13, 14]]
    assert numbers(Wire(late, closed=False)) == [11, 12, 13, 14]
