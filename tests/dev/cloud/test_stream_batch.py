"""What happens to a batch when the function fails: pure, with a scripted function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dev.cloud.stream_batch import (
    Answer,
    BatchDelivery,
    GivenUp,
    NotInvokedError,
    Records,
    failure_message,
    handled,
)
from dev.cloud.stream_mapping import StreamMapping

NOW = 1_000_000.0
FAILED = Answer({"errorType": "ValueError"}, "Unhandled")


def _records(count: int, age: float = 0) -> list[dict[str, Any]]:
    created = NOW - age
    return [
        {"dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": created}} for number in range(count)
    ]


def _numbers(records: Records) -> str:
    return "".join(record["dynamodb"]["SequenceNumber"] for record in records)


@dataclass
class Script:
    """A function that behaves as told; remembers its calls as strings of sequence numbers."""

    behave: Callable[[str], Answer]
    calls: list[str] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)

    def invoke(self, records: Records) -> Answer:
        self.calls.append(_numbers(records))
        return self.behave(self.calls[-1])

    def deliver(self, records: Records, **settings: Any) -> "Script":
        mapping = StreamMapping("Mapping", "table", "function", **settings)
        BatchDelivery(mapping, self.invoke, self.given_up.append, lambda: NOW, self.pauses.append).deliver(records)
        return self

    @property
    def lost(self) -> list[str]:
        return [_numbers(entry.records) for entry in self.given_up]


def _raises_on(bad: str) -> Callable[[str], Answer]:
    return lambda numbers: FAILED if bad in numbers else Answer()


def _reports(bad: str) -> Callable[[str], Answer]:
    failures = [{"itemIdentifier": bad}]
    return lambda numbers: Answer({"batchItemFailures": failures if bad in numbers else []})


def test_a_batch_that_succeeds_is_delivered_once() -> None:
    script = Script(lambda _: Answer()).deliver(_records(6))
    assert (script.calls, script.lost, script.pauses) == (["012345"], [], [])


def test_without_bisecting_the_whole_batch_is_retried_and_given_up() -> None:
    script = Script(_raises_on("3")).deliver(_records(6), retries=2)
    assert script.calls == ["012345"] * 3
    assert (script.lost, script.given_up[0].invocations, script.pauses) == (["012345"], 3, [1, 2])


def test_bisecting_finds_the_bad_record_and_splitting_costs_no_retry() -> None:
    script = Script(_raises_on("3")).deliver(_records(6), retries=1, bisects=True)
    assert script.calls == ["012345", "012", "345", "3", "3", "45"]
    assert script.lost == ["3"]


def test_a_reported_record_is_retried_with_what_comes_after_it() -> None:
    script = Script(_reports("3")).deliver(_records(6), retries=1, reports_items=True)
    assert script.calls == ["012345", "345"]
    assert script.lost == ["345"]


def test_a_reported_record_is_cut_out_when_bisecting() -> None:
    script = Script(_reports("3")).deliver(_records(6), retries=1, reports_items=True, bisects=True)
    assert script.calls == ["012345", "345", "3", "3", "45"]
    assert script.lost == ["3"]


def test_a_batch_that_succeeds_at_the_second_try_loses_nothing() -> None:
    answers = iter([FAILED, Answer()])
    script = Script(lambda _: next(answers)).deliver(_records(2), retries=1)
    assert (script.calls, script.lost) == (["01", "01"], [])


def test_without_a_limit_it_is_tried_until_it_succeeds() -> None:
    answers = iter([*[FAILED] * 20, Answer()])
    script = Script(lambda _: next(answers)).deliver(_records(1))
    assert (len(script.calls), script.lost, script.pauses[-1]) == (21, [], 20)


def test_with_no_retries_the_first_failure_is_the_last() -> None:
    script = Script(_raises_on("0")).deliver(_records(1), retries=0)
    assert (script.calls, script.lost) == (["0"], ["0"])


def test_an_old_record_is_given_up_without_a_call() -> None:
    records = [*_records(2, age=61), *_records(4)[2:]]
    script = Script(lambda _: Answer()).deliver(records, record_age=60)
    assert (script.calls, script.lost) == (["23"], ["01"])
    assert script.given_up[0].condition == "MaxRecordAgeExceeded"


def test_a_function_that_was_not_reached_costs_no_retry() -> None:
    left = iter([True, True, False])

    def behave(_: str) -> Answer:
        if next(left):
            raise NotInvokedError
        return Answer()

    script = Script(behave).deliver(_records(1), retries=0)
    assert (len(script.calls), script.lost) == (3, [])


@pytest.mark.parametrize(
    ("payload", "done"),
    [
        (None, 3),
        ({}, 3),
        ({"batchItemFailures": None}, 3),
        ({"batchItemFailures": []}, 3),
        ({"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "1"}]}, 1),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, 0),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, 0),
        ({"batchItemFailures": [{"identifier": "1"}]}, 0),
        ({"batchItemFailures": [{"itemIdentifier": "99"}]}, 0),
        ({"batchItemFailures": ["1"]}, 0),
        ("done", 0),
    ],
)
def test_how_many_records_an_answer_says_are_done(payload: object, done: int) -> None:
    assert handled(Answer(payload), _records(3), reports_items=True) == done


def test_without_the_setting_a_partial_answer_counts_as_success() -> None:
    assert handled(Answer({"batchItemFailures": [{"itemIdentifier": "1"}]}), _records(3), reports_items=False) == 3


def test_the_failure_message_says_where_the_records_are_and_has_none_of_them() -> None:
    given_up = GivenUp(_records(3), "RetryAttemptsExhausted", 2, Answer({}, "Unhandled", request_id="r-1"))
    message = failure_message(given_up, "arn:function", "arn:stream", "shard-0", "2026-01-02T03:04:05.678Z")
    assert message == {
        "requestContext": {
            "requestId": "r-1",
            "functionArn": "arn:function",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-01-02T03:04:05.678Z",
        "DDBStreamBatchInfo": {
            "shardId": "shard-0",
            "startSequenceNumber": "0",
            "endSequenceNumber": "2",
            "approximateArrivalOfFirstRecord": NOW,
            "approximateArrivalOfLastRecord": NOW,
            "batchSize": 3,
            "streamArn": "arn:stream",
        },
    }
