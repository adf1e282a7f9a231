"""What one process of the harness has once: engine, hooks, clock. Worlds follow each other on it."""

from __future__ import annotations

import logging
import os
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3

from dev.cloud.stream_reader import StreamReader
from dev.cloud.template_yaml import read_template
from dev.faults.engine import PROJECT, install_engine, running_engine
from dev.faults.executions import Machines
from dev.faults.push import BASE_URL, PROJECT_ID, PushWire
from dev.faults.storage import StorageFaults
from dev.fcm.service_account import firebase_settings
from dev.phone.clock import VirtualTime
from dev.phone.times import DAY
from roost.runtime import deps as runtime_deps
from roost.runtime import log
from roost.runtime.deps import Deps

FIRST_MORNING_MS = 1_800_000_000_000
"""2027-01-15 08:00:00 UTC."""


@dataclass(slots=True)
class Runtime:
    time: VirtualTime
    storage: StorageFaults
    push: PushWire
    reader: StreamReader
    machines: Machines
    entropy: random.Random

    @property
    def deps(self) -> Deps:
        return runtime_deps.deps()

    def next_morning(self, seed: int) -> None:
        """The next world begins at 8:00 UTC, two days after the last one ended, and never before it: minutes and days
        that an earlier world wrote about do not come again."""
        days = (self.time.now_ms - FIRST_MORNING_MS) // DAY + 2
        self.time.now_ms = FIRST_MORNING_MS + days * DAY
        self.entropy.seed(seed)
        self.storage.clear()
        self.deps.devices.delete_item(Key={"pk": "SWEEP", "sk": "cursor"})


@contextmanager
def running(*, short_cuts: bool = True, quiet: bool = True) -> Iterator[Runtime]:
    """The one engine of this process, its handlers on simulated time, and FCM in memory. `short_cuts`: of the AWS
    clients, see install_engine. `quiet`: functions log nothing."""
    time, entropy = VirtualTime(FIRST_MORNING_MS), random.Random(0)
    storage = StorageFaults(time)
    machines = Machines(read_template(PROJECT / "template.yaml"), time)
    if quiet:
        _silence()
    boto3.setup_default_session()
    session = boto3._get_default_session()
    install_engine(session._session, short_cuts=short_cuts)
    storage.install(session.events)
    machines.install(session.events)
    push = PushWire(time)
    with running_engine(_firebase()) as tables, push.installed(), _simulated(time, entropy):
        reader = StreamReader(tables["MessagesTable"], boto3.client("dynamodb"), boto3.client("dynamodbstreams"))
        yield Runtime(time, storage, push, reader, machines, entropy)


def _silence() -> None:
    """Functions are killed here by the hundred; what they log about it hides the harness's own lines."""
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    logging.getLogger("mangum").setLevel(logging.CRITICAL)


def _firebase() -> dict[str, Any]:
    return firebase_settings(BASE_URL, PROJECT_ID)


@contextmanager
def _simulated(time: VirtualTime, entropy: random.Random) -> Iterator[None]:
    """The handlers' clock and dice. Only what orders messages of one millisecond is seeded: a run repeats, and yet no
    two worlds share an account, a code or a token."""
    dice = SimpleNamespace(token_bytes=lambda size: entropy.randbytes(1) if size == 1 else secrets.token_bytes(size))
    with (
        mock.patch.object(runtime_deps, "wall_clock", time),
        mock.patch.object(runtime_deps, "secrets", dice),
        mock.patch.object(log, "_count_crash", return_value=None),
    ):
        yield
