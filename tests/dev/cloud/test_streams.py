"""Table streams to functions, through the pollers of a running cloud."""

import json
from pathlib import Path
from typing import Any

from dev.cloud_process import CloudProcess
from tests.dev.cloud.conftest import client, fetch


def _put(cloud: CloudProcess, *keys: str, kind: str = "wanted") -> None:
    writes = [{"PutRequest": {"Item": {"pk": {"S": key}, "sk": {"S": "x"}, "kind": {"S": kind}}}} for key in keys]
    client(cloud, "dynamodb").batch_write_item(RequestItems={cloud.outputs["ItemsTable"]: writes})


def _seen(logs: Path) -> list[str]:
    lines = logs.read_text(encoding="utf-8").splitlines()
    return [line.split("changes: ")[1] for line in lines if "changes: " in line]


def _failed(cloud: CloudProcess) -> list[dict[str, Any]]:
    queue = client(cloud, "sqs")
    received = queue.receive_message(QueueUrl=cloud.outputs["FailedQueue"], MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in received.get("Messages", [])]


def test_a_changed_item_reaches_the_function_and_drain_waits_for_it(cloud: CloudProcess, logs: Path) -> None:
    _put(cloud, "good-1", "good-2")
    cloud.drain()
    assert "good-1,good-2" in _seen(logs)


def test_an_item_that_no_filter_wants_calls_nobody(cloud: CloudProcess, logs: Path) -> None:
    cloud.drain()
    before = cloud.pollers()[0]
    _put(cloud, "ignored", kind="other")
    cloud.drain()
    after = cloud.pollers()[0]
    assert after["records"] == before["records"] + 1
    assert after["invocations"] == before["invocations"]


def test_a_record_that_raises_is_cut_out_retried_and_queued(cloud: CloudProcess, logs: Path) -> None:
    cloud.drain()
    known = len(_seen(logs))
    _put(cloud, "a", "b", "c", "raises", "e", "f")
    cloud.drain()
    assert _seen(logs)[known:] == ["a,b,c,raises,e,f", "a,b,c", "raises,e,f", "raises", "raises", "e,f"]
    (message,) = _failed(cloud)
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert message["requestContext"]["approximateInvokeCount"] == 2
    assert message["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_reported_record_is_retried_alone_and_queued(cloud: CloudProcess, logs: Path) -> None:
    cloud.drain()
    known = len(_seen(logs))
    _put(cloud, "g", "h", "reported", "j")
    cloud.drain()
    assert _seen(logs)[known:] == ["g,h,reported,j", "reported,j", "reported", "reported", "j"]
    assert [message["DDBStreamBatchInfo"]["batchSize"] for message in _failed(cloud)] == [1]


def test_between_two_reads_changes_gather_unless_somebody_waits_for_them(project: Path, tmp_path: Path) -> None:
    hourly = ("--stream-seconds", "3600")
    with CloudProcess.start(tmp_path / "state", ephemeral=True, template=project, options=hourly) as cloud:
        cloud.drain()
        for key in ("first", "second", "third"):
            _put(cloud, key)
        assert cloud.pollers()[0]["records"] == 0
        cloud.drain()
        assert (cloud.pollers()[0]["records"], cloud.pollers()[0]["invocations"]) == (3, 1)


def test_an_unknown_control_path_names_the_known_ones(cloud: CloudProcess) -> None:
    reply = fetch(f"{cloud.endpoint}/_roost/nonsense")
    assert reply.status == 404
    assert "/_roost/drain" in reply.json["message"]
