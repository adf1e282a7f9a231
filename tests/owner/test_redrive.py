"""What Lambda gave up on comes back by one command, and leaves its queue only when it was taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from dev.cloud_process import CloudProcess
from dev.local_roost import write_endpoint
from owner.__main__ import main
from roost.storage.messages import get_message
from tests.roost_fixtures import Tenant

NOWHERE = {
    "shardId": "shardId-00000001414562045508",
    "startSequenceNumber": "1" * 21,
    "endSequenceNumber": "1" * 21,
    "batchSize": 1,
}


class Queue:
    """One of the stack's queues of what failed."""

    def __init__(self, cloud: CloudProcess, logical_id: str) -> None:
        session: Any = boto3.Session("test", "test", region_name=cloud.region)
        self._sqs = session.client("sqs", endpoint_url=cloud.endpoint)
        self._url = cloud.outputs[logical_id]

    def put(self, function_arn: str, **members: Any) -> None:
        self.send({"requestContext": {"functionArn": function_arn}, "timestamp": "2026-11-21T16:00:00Z", **members})

    def send(self, letter: dict[str, Any]) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(letter))

    def held(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def purge(self) -> None:
        self._sqs.purge_queue(QueueUrl=self._url)


@pytest.fixture
def state(cloud: CloudProcess, deployed: Tenant, tmp_path: Path) -> Path:
    write_endpoint(cloud, tmp_path)
    return tmp_path


def redrive(state: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    capsys.readouterr()
    assert main(["--local", "--state", str(state), "--json", "redrive", *options]) == 0
    return [row["outcome"] for row in json.loads(capsys.readouterr().out)]


def stream_of_messages(cloud: CloudProcess) -> tuple[Any, str, str]:
    """(client, ARN, shard)."""
    session: Any = boto3.Session("test", "test", region_name=cloud.region)
    streams = session.client("dynamodbstreams", endpoint_url=cloud.endpoint)
    [stream] = streams.list_streams(TableName=cloud.outputs["MessagesTable"])["Streams"]
    description = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    return streams, stream["StreamArn"], description["Shards"][-1]["ShardId"]


def test_records_of_the_stream_are_read_again_and_given_to_their_function(
    cloud: CloudProcess, deployed: Tenant, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.pair()
    sent = deployed.send().json()["id"]
    cloud.drain()
    streams, arn, shard = stream_of_messages(cloud)
    first = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in streams.get_records(ShardIterator=first)["Records"]]
    queue = Queue(cloud, "FailedChangesQueue")
    queue.put(
        cloud.outputs["DispatchChangesFunction"],
        DDBStreamBatchInfo={
            "shardId": shard, "streamArn": arn, "startSequenceNumber": numbers[-1], "endSequenceNumber": numbers[-1],
        },
    )  # fmt: skip
    assert redrive(state, capsys) == ["done"]
    assert queue.held() == 0
    message = get_message(deployed.deps.messages, deployed.account.id, int(sent.removeprefix("msg_")))
    assert message is not None


def test_an_invocation_is_repeated_with_its_own_event(
    cloud: CloudProcess, deployed: Tenant, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = Queue(cloud, "FailedEventsQueue")
    event = {"account": deployed.account.id, "endpoint": "whk_00000000", "since": 0}
    queue.put(cloud.outputs["DeliverWebhookFunction"], requestPayload=event)
    assert redrive(state, capsys) == ["done"]
    assert queue.held() == 0


def test_a_reply_that_nobody_classified_goes_back_to_its_queue(
    cloud: CloudProcess, deployed: Tenant, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Queue(cloud, "FailedRepliesQueue")
    failed.send({"account": deployed.account.id, "message": 1})
    assert redrive(state, capsys) == ["put back"]
    assert failed.held() == 0


def test_what_fails_again_and_what_is_too_old_stay_and_say_why(
    cloud: CloudProcess, deployed: Tenant, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = Queue(cloud, "FailedEventsQueue")
    queue.put(cloud.outputs["DeliverWebhookFunction"], requestPayload={"account": deployed.account.id})
    _, arn, _ = stream_of_messages(cloud)
    queue.put(cloud.outputs["FanOutEventsFunction"], DDBStreamBatchInfo={**NOWHERE, "streamArn": f"{arn}-of-last-year"})
    for _ in range(2):  # at once: what was left is not hidden from who tries again
        outcomes = redrive(state, capsys)
        assert sorted(outcome.partition(":")[0] for outcome in outcomes) == ["failed again", "too old"]
    assert queue.held() == 2
    queue.purge()


def test_a_letter_whose_records_nobody_has_seen_stays_in_its_queue(
    cloud: CloudProcess, deployed: Tenant, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.pair()
    assert deployed.send().status_code == 201
    cloud.drain()
    streams, arn, shard = stream_of_messages(cloud)
    first = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    number = streams.get_records(ShardIterator=first)["Records"][0]["dynamodb"]["SequenceNumber"]
    place = {"shardId": shard, "streamArn": arn, "startSequenceNumber": number, "endSequenceNumber": "9" * 40}
    queue = Queue(cloud, "FailedEventsQueue")
    queue.put(cloud.outputs["FanOutEventsFunction"], DDBStreamBatchInfo=place)
    assert [outcome.partition(":")[0] for outcome in redrive(state, capsys)] == ["not seen yet"]
    assert queue.held() == 1
    queue.purge()
