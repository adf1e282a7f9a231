"""What is still there after a stop and after a kill."""

import os
import signal
import threading
from pathlib import Path

import pytest

from dev.cloud_process import CloudError
from tests.dev.cloud.conftest import client, fetch
from tests.dev.cloud.steps import edit, keys, put, start, until


def test_after_a_kill_every_acknowledged_transaction_is_there_and_no_half_of_one(tmp_path: Path, project: Path) -> None:
    cloud = start(tmp_path / "state", project)
    acknowledged = 0

    def write_until_killed() -> None:
        nonlocal acknowledged
        table = client(cloud, "dynamodb")
        name = cloud.outputs["ItemsTable"]
        for number in range(100_000):
            puts = [
                {"Put": {"TableName": name, "Item": {"pk": {"S": f"{number:06}"}, "sk": {"S": half}}}}
                for half in ("left", "right")
            ]
            try:
                table.transact_write_items(TransactItems=puts)
            except Exception:
                return
            acknowledged += 1

    writer = threading.Thread(target=write_until_killed)
    writer.start()
    until(lambda: acknowledged > 100)
    cloud.kill()
    writer.join()
    with start(tmp_path / "state", project) as again:
        pages = client(again, "dynamodb").get_paginator("scan").paginate(TableName=again.outputs["ItemsTable"])
        items = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]
    whole = {key for key, half in items if half == "left"} & {key for key, half in items if half == "right"}
    assert {f"{number:06}" for number in range(acknowledged)} <= whole
    assert len(items) == 2 * len(whole)


def test_a_stop_keeps_items_queue_messages_and_names(tmp_path: Path, project: Path) -> None:
    with start(tmp_path / "state", project) as cloud:
        put(cloud, "kept")
        client(cloud, "sqs").send_message(QueueUrl=cloud.outputs["FailedQueue"], MessageBody="kept too")
        names = {name: value for name, value in cloud.outputs.items() if name != "FailedQueue"}
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {"kept"}
        received = client(again, "sqs").receive_message(QueueUrl=again.outputs["FailedQueue"])
        assert received["Messages"][0]["Body"] == "kept too"
        assert {name: again.outputs[name] for name in names} == names
        assert fetch(f"{again.front}/items/1").status == 200
        again.drain()
        assert again.pollers()[0]["records"] == 0


def test_records_that_no_function_handled_are_delivered_after_a_stop_and_after_a_kill(
    tmp_path: Path, project: Path
) -> None:
    changes = project.parent / "functions/changes/app.py"
    edit(changes, "def handler(event, context):", "def handler(event, context):\n    raise OSError('not today')\n")
    edit(project, "MaximumRetryAttempts: 1", "MaximumRetryAttempts: -1")
    with start(tmp_path / "state", project) as cloud:
        put(cloud, "owed")
        until(lambda: bool(cloud.pollers()[0]["failures"]))
    cloud = start(tmp_path / "state", project)
    until(lambda: bool(cloud.pollers()[0]["failures"]))
    cloud.kill()
    edit(changes, "    raise OSError('not today')\n", "")
    with start(tmp_path / "state", project) as again:
        again.drain()
        assert keys(again) == {"owed"}
    assert "changes: owed" in (tmp_path / "state/functions.log").read_text(encoding="utf-8")


def test_after_a_kill_the_stream_tells_every_change_again_and_nothing_that_was_none(
    tmp_path: Path, project: Path
) -> None:
    edit(
        project,
        """'{"dynamodb": {"NewImage": {"kind": {"S": ["wanted"]}}}}'""",
        """'{"eventName": [{"exists": true}]}'""",
    )
    changes = project.parent / "functions/changes/app.py"
    edit(
        changes,
        '    print("changes:"',
        '    print("names:", [record["eventName"] for record in event["Records"]])\n    print("changes:"',
    )
    cloud = start(tmp_path / "state", project)
    table, name = client(cloud, "dynamodb"), cloud.outputs["ItemsTable"]
    key = {"pk": {"S": "a"}, "sk": {"S": "x"}}
    for item in ({**key, "n": {"N": "1"}}, {**key, "n": {"N": "2"}}, {**key, "n": {"N": "2"}}):
        table.put_item(TableName=name, Item=item)
    table.delete_item(TableName=name, Key=key)
    cloud.drain()
    cloud.kill()
    log = tmp_path / "state/functions.log"
    log.unlink()
    with start(tmp_path / "state", project) as again:
        again.drain()
        assert keys(again) == set()
    assert "names: ['INSERT', 'MODIFY', 'REMOVE']" in log.read_text(encoding="utf-8")


def test_a_long_journal_is_folded_into_a_snapshot_and_nothing_is_lost(tmp_path: Path, project: Path) -> None:
    cloud = start(tmp_path / "state", project, "--journal-limit", "2000")
    first = {path.name for path in (tmp_path / "state/journal").iterdir()}
    for number in range(30):
        put(cloud, f"{number:02}")
    until(lambda: not first & {path.name for path in (tmp_path / "state/journal").iterdir()})
    cloud.kill()
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {f"{number:02}" for number in range(30)}


def test_a_deleted_item_stays_deleted_after_a_kill(tmp_path: Path, project: Path) -> None:
    cloud = start(tmp_path / "state", project, "--fsync")
    put(cloud, "gone")
    put(cloud, "kept")
    key = {"pk": {"S": "gone"}, "sk": {"S": "x"}}
    client(cloud, "dynamodb").delete_item(TableName=cloud.outputs["ItemsTable"], Key=key)
    cloud.kill()
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {"kept"}
        item = client(again, "dynamodb").get_item(
            TableName=again.outputs["ItemsTable"], Key={"pk": {"S": "kept"}, "sk": {"S": "x"}}
        )["Item"]
        assert item["raw"] == {"B": b"\x00\xff"}


def test_a_damaged_snapshot_is_refused_and_left_as_it_is(tmp_path: Path, project: Path) -> None:
    with start(tmp_path / "state", project) as cloud:
        put(cloud, "kept")
    saved = tmp_path / "state/engine/dynamodb.json"
    whole = saved.read_bytes()
    saved.write_bytes(whole[:-20])
    with pytest.raises(CloudError, match=r"failed to load dynamodb.*restore the state folder"):
        start(tmp_path / "state", project)
    saved.write_bytes(whole)
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {"kept"}


def test_a_damaged_journal_is_refused_and_named(tmp_path: Path, project: Path) -> None:
    cloud = start(tmp_path / "state", project)
    put(cloud, "kept")
    cloud.kill()
    newest = max((tmp_path / "state/journal").iterdir())
    newest.write_bytes(b"{broken\n" + newest.read_bytes())
    with pytest.raises(CloudError, match=rf"{newest.name}, line 1 is damaged"):
        start(tmp_path / "state", project)


def test_an_interrupt_stops_it_gracefully_and_a_terminate_on_top_does_not_hurry_it(
    tmp_path: Path, project: Path
) -> None:
    cloud = start(tmp_path / "state", project)
    put(cloud, "kept")
    os.kill(cloud.pid, signal.SIGINT)
    cloud.stop()
    assert not cloud.is_running()
    assert sum(path.stat().st_size for path in (tmp_path / "state/journal").iterdir()) == 0
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {"kept"}
