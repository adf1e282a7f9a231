"""What tests do to a cloud of their own."""

import time
from collections.abc import Callable
from pathlib import Path

from dev.cloud_process import CloudProcess
from tests.dev.cloud.conftest import client

WAIT_SECONDS = 20.0


def start(state: Path, template: Path, *options: str) -> CloudProcess:
    return CloudProcess.start(state, template=template, options=options)


def put(cloud: CloudProcess, key: str) -> None:
    item = {"pk": {"S": key}, "sk": {"S": "x"}, "kind": {"S": "wanted"}, "raw": {"B": b"\x00\xff"}}
    client(cloud, "dynamodb").put_item(TableName=cloud.outputs["ItemsTable"], Item=item)


def keys(cloud: CloudProcess) -> set[str]:
    items = client(cloud, "dynamodb").scan(TableName=cloud.outputs["ItemsTable"])["Items"]
    return {item["pk"]["S"] for item in items}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
