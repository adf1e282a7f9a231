"""What a use case needs from outside itself, in one frozen object; tests build their own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from roost.domain import ids
from roost.runtime.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

CLIENT_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})
"""Bounded so that three slow tries still end inside a function's time-out."""


@dataclass(frozen=True, slots=True)
class Deps:
    """`now`: ms since 1970. `entropy(n)`: n random bytes from the operating system, never a seeded generator.
    `sleep`: seconds."""

    messages: Table
    devices: Table
    keys: Table
    contacts: Table
    accounts: Table
    webhooks: Table
    highlevel: Table
    now: Callable[[], int]
    entropy: Callable[[int], bytes]
    sleep: Callable[[float], None] = time.sleep

    def new_message_id(self, shard: int = ids.ONLY_SHARD) -> int:
        """Two messages of one millisecond may draw one id; the write that finds it taken draws again."""
        return ids.message_id(self.now(), serial=self.entropy(1)[0], shard=shard)

    def back_off(self, tries: int) -> None:
        """Wait before another try at a contended write: a random part of 10 ms, doubled with each try up to 320 ms
        ("full jitter", AWS Architecture Blog 2015), so that requests of one moment do not meet again."""
        self.sleep(0.01 * 2 ** min(tries, 5) * self.entropy(1)[0] / 256)


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


@cache
def deps() -> Deps:
    """The warm environment's one set of clients."""
    dynamodb = boto3.resource("dynamodb", config=CLIENT_CONFIG)
    names = settings()
    return Deps(
        messages=dynamodb.Table(names.messages_table),
        devices=dynamodb.Table(names.devices_table),
        keys=dynamodb.Table(names.keys_table),
        contacts=dynamodb.Table(names.contacts_table),
        accounts=dynamodb.Table(names.accounts_table),
        webhooks=dynamodb.Table(names.webhooks_table),
        highlevel=dynamodb.Table(names.highlevel_table),
        now=wall_clock,
        entropy=secrets.token_bytes,
    )
