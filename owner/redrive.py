"""What Lambda gave up on, given to its function once more."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from dev.cloud.stream_reader import event_record
from owner.commands import Commands
from owner.connection import Stack, stack_of
from owner.rows import Row
from roost.domain.instants import rfc3339
from roost.runtime.deps import Deps

QUEUES = ("FailedChangesQueue", "FailedEventsQueue")
"""Their letters say what was asked of which function."""

REPLIES, FAILED_REPLIES = "RepliesQueue", "FailedRepliesQueue"
"""The letters of these are the same: one that failed is put back where it came from."""

HIDDEN_SECONDS = 300
"""A letter that another redrive works on is left alone; longer than any function runs."""

GONE = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
TOO_OLD = (
    "too old: a stream keeps records for 24 hours. Its phones were swept; for its events: POST /v1/webhooks/{id}/replay"
)


class TooOld(Exception):
    """The stream does not have the records any more."""


def add_commands(commands: Commands) -> None:
    redrive = commands.add("redrive", "give what the failed queues hold to its functions once more", _redrive)
    redrive.add_argument("--forget-old", action="store_true", help="drop what is too old to be given again")


def _redrive(_: Deps, given: Namespace) -> list[Row]:
    """A letter leaves its queue when its function has taken it whole. Functions expect to be given things twice."""
    stack = stack_of(given.target)
    rows = _put_back(stack)
    for queue in QUEUES:
        sqs, url = stack.client("sqs"), stack.resources[queue]
        for letter in _letters(sqs, url):
            outcome = _give_again(stack, json.loads(letter["Body"]))
            if outcome == "done" or (given.forget_old and outcome == TOO_OLD):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
            rows.append({"queue": queue, "sent_at": json.loads(letter["Body"])["timestamp"], "outcome": outcome})
    return rows


def _put_back(stack: Stack) -> list[Row]:
    """Put before it is deleted: what is classified twice has the same label."""
    sqs, failed = stack.client("sqs"), stack.resources[FAILED_REPLIES]
    rows: list[Row] = []
    for letter in _letters(sqs, failed):
        sqs.send_message(QueueUrl=stack.resources[REPLIES], MessageBody=letter["Body"])
        sqs.delete_message(QueueUrl=failed, ReceiptHandle=letter["ReceiptHandle"])
        sent_at = rfc3339(int(letter["Attributes"]["SentTimestamp"]))
        rows.append({"queue": FAILED_REPLIES, "sent_at": sent_at, "outcome": "put back"})
    return rows


def _letters(sqs: Any, url: str) -> Iterator[Mapping[str, Any]]:
    """Each once: what is left in the queue stays hidden until the end."""
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": HIDDEN_SECONDS}
    asked |= {"AttributeNames": ["SentTimestamp"]}
    while found := sqs.receive_message(**asked).get("Messages"):
        yield from found


def _give_again(stack: Stack, letter: Mapping[str, Any]) -> str:
    """What became of it, in words."""
    try:
        payload = _payload(stack, letter)
    except TooOld:
        return TOO_OLD
    answer = stack.client("lambda").invoke(
        FunctionName=letter["requestContext"]["functionArn"], Payload=json.dumps(payload).encode()
    )
    said = json.load(answer["Payload"])
    if "FunctionError" in answer:
        return f"failed again: {said.get('errorType', 'error')}; the log says where"
    if isinstance(said, dict) and said.get("batchItemFailures"):
        return f"{len(said['batchItemFailures'])} of its records failed again; the log says why"
    return "done"


def _payload(stack: Stack, letter: Mapping[str, Any]) -> Any:
    """Of an invocation, the event itself; of a stream, the records that the letter only points at. Raises TooOld."""
    if "DDBStreamBatchInfo" not in letter:
        return letter["requestPayload"]
    batch = letter["DDBStreamBatchInfo"]
    streams = stack.client("dynamodbstreams")
    try:
        return {"Records": list(_records(streams, batch))}
    except streams.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            raise TooOld from None
        raise


def _records(streams: Any, batch: Mapping[str, Any]) -> Iterator[Any]:
    last = int(batch["endSequenceNumber"])
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    while iterator:
        answer = streams.get_records(ShardIterator=iterator)
        for record in answer["Records"]:
            number = int(record["dynamodb"]["SequenceNumber"])
            if number <= last:
                yield event_record(record, batch["streamArn"])
            if number >= last:
                return
        iterator = answer.get("NextShardIterator") if answer["Records"] else None
