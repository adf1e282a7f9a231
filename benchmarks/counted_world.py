"""A world of the fault harness without faults, in which everything the functions use is counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3

from benchmarks.counting import Meter, Usage, content_bytes, item_bytes
from benchmarks.deployed_log import log_as_deployed
from benchmarks.prices import Counted, prices
from dev.faults.engine import scratch_folder
from dev.faults.runtime import Runtime, running
from dev.faults.stage import Stage, Step, add_phones
from dev.faults.world import World
from roost.runtime import webhooks

STORED_OVERHEAD = 100
"""Bytes that DynamoDB bills for each stored item beside its own."""

RECEIVER = """
import http.server
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
"""


class CountedWorld(World):
    """`meter` counts from the start: clear it when the phones are there."""

    def __init__(self, runtime: Runtime, folder: Path, seed: int, meter: Meter) -> None:
        self.meter = meter
        super().__init__(runtime, folder, seed)

    def _invoke(self, function: str, event: dict[str, Any]) -> Any:
        with self.meter.invocation(function, event) as usage:
            answer = super()._invoke(function, event)
        if "requestContext" in event and isinstance(answer, dict):
            usage.out_bytes += content_bytes(answer)
        return answer


@dataclass(slots=True)
class Counting:
    """Makes worlds, one after the other, on the one engine of this process."""

    runtime: Runtime
    meter: Meter
    receiver: str
    world: CountedWorld | None = None

    @contextmanager
    def stage(self, phones: list[Step], seed: int = 1) -> Iterator[Stage]:
        with scratch_folder() as folder:
            self.world = CountedWorld(self.runtime, Path(folder), seed, self.meter)
            try:
                stage = Stage(self.world)
                add_phones(stage, phones)
                self.start()
                yield stage
                if self.world.crashes:
                    raise RuntimeError("; ".join(self.world.crashes))
            finally:
                self.world.close()

    def start(self) -> None:
        """Count from now on."""
        self.meter.clear()
        self.runtime.machines.transitions = 0
        if self.world is not None:
            self.world.push.log.clear()

    def drain(self, params: dict[str, Any], **_: object) -> tuple[Any, dict[str, Any]]:
        """Lambda takes an asynchronous invocation, and runs it as soon as there is time."""
        assert self.world is not None
        world, event = self.world, json.loads(params["body"])
        world.agenda.add(world.time.now_ms, lambda: world.invoke("deliver_webhook", event))
        return SimpleNamespace(status_code=202), {"StatusCode": 202, "ResponseMetadata": {"HTTPStatusCode": 202}}


@contextmanager
def counting() -> Iterator[Counting]:
    """With AWS's clients and the log as they are in the cloud, and a receiver of webhooks."""
    meter = Meter()
    receiver = subprocess.Popen([sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True)
    assert receiver.stdout is not None
    url = f"http://127.0.0.1:{int(receiver.stdout.readline())}/hook"
    try:
        with (
            running(short_cuts=False, quiet=False) as runtime,
            meter.installed(),
            mock.patch.object(webhooks, "runs_on_this_machine", return_value=True),
        ):
            log_as_deployed(meter.log)
            counted = Counting(runtime, meter, url)
            events: Any = boto3._get_default_session().events
            events.register("before-call.lambda.Invoke", counted.drain)
            yield counted
    finally:
        receiver.kill()
        receiver.wait()


def per_message(counted: Counting, of_run: dict[str, Usage], messages: int, webhooks_sent: int = 0) -> Counted:
    """What a run used, of one of its messages."""
    return shared_by(counted, of_messages(of_run), messages, webhooks_sent)


def shared_by(counted: Counting, used: list[Usage], messages: int, webhooks_sent: int = 0) -> Counted:
    """All that was used, of one of so many."""
    assert counted.world is not None
    assumed = prices()["assumed"]
    calls, pushes = sum(sum(usage.calls.values()) for usage in used), len(counted.world.push.log)
    waited = calls * assumed["dynamodb_call_ms"] + pushes * assumed["push_ms"] + webhooks_sent * assumed["webhook_ms"]
    out = total(used, "out_bytes") + pushes * assumed["push_bytes"] + webhooks_sent * assumed["webhook_bytes"]
    return Counted(
        requests=total(used, "requests") / messages,
        invocations=total(used, "invocations") / messages,
        cpu_ms=total(used, "cpu_ms") / messages,
        waited_ms=waited / messages,
        write_units=total(used, "write_units") / messages,
        read_units=total(used, "read_units") / messages,
        transitions=counted.runtime.machines.transitions / messages,
        log_bytes=total(used, "log_bytes") / messages,
        out_bytes=out / messages,
        stored_bytes=stored_bytes(counted.world.account) / messages,
    )


def of_messages(used: dict[str, Usage]) -> list[Usage]:
    """Without what the sweep does in a minute in which nothing is due: that is the price of time, not of a message."""
    kept = [usage for name, usage in used.items() if name != "sweep"]
    if (sweep := used.get("sweep")) is not None:
        kept.append(_looks(sweep))
    return kept


def _looks(sweep: Usage) -> Usage:
    """A run reads how far the last one came, and the minute before once more; a minute is read and written down. CPU
    goes by calls."""
    queries = sweep.invocations + sweep.minutes
    at_rest = sweep.invocations + queries + sweep.minutes
    looks = max(0, sum(sweep.calls.values()) - at_rest)
    share = looks / max(1, looks + at_rest)
    return Usage(
        calls=Counter(look=looks),
        read_units=max(0.0, sweep.read_units - sweep.invocations - 0.5 * queries),
        write_units=max(0.0, sweep.write_units - sweep.minutes),
        cpu_ms=sweep.cpu_ms * share,
    )


def total(used: list[Usage], member: str) -> float:
    return float(sum(getattr(usage, member) for usage in used))


def stored_bytes(account: str) -> int:
    """Of all messages of an account and of its webhooks' records, as the engine has them now."""
    client, size = boto3.client("dynamodb"), 0
    for table in (name for name in client.list_tables()["TableNames"] if name.startswith(("Messages", "Webhooks"))):
        for page in client.get_paginator("scan").paginate(TableName=table):
            kept = [item for item in page["Items"] if account in str(item["pk"]["S"])]
            size += sum(item_bytes(dict(item)) + STORED_OVERHEAD for item in kept)
    return size
