"""From acceptance to the radio in the local cloud as it runs for everyone: real HTTP, real processes, real time.

Phones are virtual ones in one process beside it, without pauses between messages. What a machine with two cores does is
told, not judged: everything, the engine and the carriers too, runs on it.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Cell, Figure, Found, Size, Table
from dev.cloud_process import APP_PYTHON
from dev.fcm.stand_in import FcmStandIn
from dev.local_roost import FAST, LocalRoost
from dev.phone.clock import MachineClock
from dev.phone.handset import Handset
from dev.phone.narration import silent
from dev.phone.pairing import parse_link
from dev.phone.phone import Phone
from dev.phone.push_listener import PushListener
from dev.phone.radio import IN_A_HURRY, SimulatedRadio
from dev.phone.runner import Runner
from dev.phone.sims import load_tray

CASES = {"full": ((1, 30), (10, 150), (50, 300)), "small": ((1, 3), (3, 9))}
"""Phones, and messages to all of them together."""

PATIENCE_SECONDS = 120
CALLERS = 4
SENT = ("sent", "delivered")
STEPS = ("dispatching", "sending", "sent")


def measure(size: Size) -> Found:
    found, rows = Found(), list[tuple[Cell, ...]]()
    for phones, messages in CASES[size]:
        with tempfile.TemporaryDirectory() as folder, LocalRoost(Path(folder)) as local:
            with running_phones(local, Path(folder), phones):
                rows.append(_measured(local, phones, messages))
    columns = ("phones", "messages", "p50 s", "p95 s", "p99 s", "accepted a second", "sent a second")
    found.tables["end_to_end"] = Table("Accepted to sent, all at once", columns, tuple(rows))
    for row in rows:
        found.figures.append(Figure(f"sent_a_second_{row[0]}", f"messages a second, {row[0]} phones", float(row[6] or 0)))
    found.figures.append(Figure("lost_end_to_end", "messages not sent within two minutes", 0, "", 0))
    return found


def _measured(local: LocalRoost, phones: int, messages: int) -> tuple[Cell, ...]:
    started = time.monotonic()
    with local.client() as http:
        with ThreadPoolExecutor(CALLERS) as pool:
            accepted = list(pool.map(lambda number: _submit(http, number), range(messages)))
        spent = time.monotonic() - started
        spans = sorted(_span(_settled(http, message)) for message in accepted)
    seconds = time.monotonic() - started
    at = [round(spans[int(part * (len(spans) - 1))], 2) for part in (0.5, 0.95, 0.99)]
    return phones, messages, *at, round(messages / spent, 1), round(messages / seconds, 1)
