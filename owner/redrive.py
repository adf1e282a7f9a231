"""What Lambda gave up on, given to its function once more."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from owner.commands import Commands
from owner.connection import Stack, stack_of
from owner.rows import Row
from owner.stream_letters import RecordsGone, RecordsNotSeen, records_of
from roost.domain.instants import rfc3339
from roost.runtime.deps import Deps

QUEUES = ("FailedChangesQueue", "FailedEventsQueue")
"""Their letters say what was asked of which function."""

REPLIES, FAILED_REPLIES = "RepliesQueue", "FailedRepliesQueue"
"""The letters of these are the same: one that failed is put back where it came from."""

HIDDEN_SECONDS = 300
"""A letter that another redrive works on is left alone; longer than any function runs."""

PATIENT = Config(read_timeout=HIDDEN_SECONDS, retries={"total_max_attempts": 1})
"""A function is waited for as long as it may run, and asked once: a repeat would run beside the first."""

TOO_OLD = (
    "too old: a stream keeps records for 24 hours. Its phones were swept; for its events: POST /v1/webhooks/{id}/replay"
)
NOT_SEEN = "not seen yet: the stream showed none of its records. It stays in its queue: run redrive again"


def add_commands(commands: Commands) -> None:
    redrive = commands.add("redrive", "give what the failed queues hold to its functions once more", _redrive)
    redrive.add_argument("--forget-old", action="store_true", help="drop what is too old to be given again")


def _redrive(_: Deps, given: Namespace) -> list[Row]:
    """A letter leaves its queue when its function has taken it whole. Functions expect to be given things twice."""
    stack = stack_of(given.target)
    rows = _put_back(stack)
    for queue in QUEUES:
        sqs, url = stack.client("sqs"), stack.resources[queue]
        left = []
        for letter in _letters(sqs, url):
            outcome = _give_again(stack, json.loads(letter["Body"]))
            if outcome == "done" or (given.forget_old and outcome == TOO_OLD):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
            else:
                left.append(letter["ReceiptHandle"])
            rows.append({"queue": queue, "sent_at": json.loads(letter["Body"])["timestamp"], "outcome": outcome})
        _show_again(sqs, url, left)
    return rows


def _show_again(sqs: Any, url: str, left: Iterable[str]) -> None:
    """Whoever mends the cause and runs redrive at once must find them. One that was hidden too long is there anyway."""
    for handle in left:
        with suppress(ClientError):
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)


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
    """Each once: what is left in the queue stays hidden until the end, or ends it when it comes again. Waits a second,
    because SQS asks some of its servers only when it does not wait, and then shows none of a few."""
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": HIDDEN_SECONDS, "WaitTimeSeconds": 1}
    asked |= {"AttributeNames": ["SentTimestamp"]}
    known: set[str] = set()
    while found := sqs.receive_message(**asked).get("Messages"):
        new = [letter for letter in found if letter["MessageId"] not in known]
        known |= {letter["MessageId"] for letter in new}
        yield from new
        if len(new) < len(found):
            return


def _give_again(stack: Stack, letter: Mapping[str, Any]) -> str:
    """What became of it, in words."""
    try:
        payload = _payload(stack, letter)
    except RecordsGone:
        return TOO_OLD
    except RecordsNotSeen:
        return NOT_SEEN
    answer = stack.client("lambda", PATIENT).invoke(
        FunctionName=letter["requestContext"]["functionArn"], Payload=json.dumps(payload).encode()
    )
    said = json.load(answer["Payload"])
    if "FunctionError" in answer:
        return f"failed again: {said.get('errorType', 'error')}; the log says where"
    if isinstance(said, dict) and said.get("batchItemFailures"):
        return f"{len(said['batchItemFailures'])} of its records failed again; the log says why"
    return "done"


def _payload(stack: Stack, letter: Mapping[str, Any]) -> Any:
    """Of an invocation, the event itself; of a stream, the records that the letter only points at."""
    return {"Records": records_of(stack, letter)} if "DDBStreamBatchInfo" in letter else letter["requestPayload"]
