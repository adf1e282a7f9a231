"""From acceptance to the radio in the local cloud as it runs for everyone: real HTTP, real processes, real time.

Phones are virtual ones in one process beside it, without pauses between messages. What a machine with two cores does is
told, not judged: everything, the engine and the carriers too, runs on it.
"""

from __future__ import annotations

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Bars, Cell, Figure, Found, Size, Table
from dev.local_roost import FAST, LocalRoost
from dev.phone.cli import IN_A_HURRY, RADIO_FILE
from dev.phone.clock import MachineClock
from dev.phone.handset import Handset
from dev.phone.handset_file import load_tray
from dev.phone.narration import silent
from dev.phone.pairing import PairingFailed, parse_link
from dev.phone.phone import Phone
from dev.phone.push_listener import PushListener
from dev.phone.radio import SimulatedRadio
from dev.phone.runner import Runner

CASES = {"full": ((1, 30), (10, 150), (50, 300)), "small": ((1, 3), (3, 9))}
"""Phones, and messages to all of them together."""

PLOTTED = (("the middle one", 2), ("95 of 100", 3), ("99 of 100", 4))
"""With their columns of the table."""

PATIENCE_SECONDS = 120
CALLERS = 4
LOOK_EVERY_SECONDS = 0.2
ANY = httpx.Limits(max_connections=None)
PAIRINGS = 3
"""A function's first answer may be late on a busy machine; a link that was not answered can be used again."""

SENT = ("sent", "delivered")

WHY = (
    "of phones without a gap the one seen last is free first, for the next message too: what is accepted at once "
    "goes to one or two of them, whose radios send 20 a minute each; with a gap every message moves its phone back"
)
"""Of those not sent in time."""


def measure(size: Size) -> Found:
    found, rows = Found(), list[tuple[Cell, ...]]()
    with tempfile.TemporaryDirectory() as folder, LocalRoost(Path(folder)) as local, httpx.Client(limits=ANY) as http:
        for phones, messages in CASES[size]:
            have_phones(local, http, Path(folder), phones)
            row, late = _measured(local, phones, messages)
            rows.append(row)
            found.figures += [
                Figure(
                    f"late_{phones}",
                    f"of {messages} not sent within {PATIENCE_SECONDS} s, {phones} phones",
                    late,
                    "",
                    0,
                    WHY,
                ),
                Figure(f"p50_{phones}", f"accepted to sent, the middle one, {phones} phones", float(row[2] or 0), "s"),
                Figure(f"sent_a_second_{phones}", f"messages a second, {phones} phones", float(row[6] or 0)),
            ]
    columns = ("phones", "messages", "p50 s", "p95 s", "p99 s", "accepted a second", "sent a second")
    found.tables["end_to_end"] = Table("Accepted to sent, all at once", columns, tuple(rows))
    bars = [(f"{row[0]} phones, {says}", float(row[at] or 0)) for row in rows for says, at in PLOTTED]
    found.plots["end_to_end"] = Bars("Accepted to sent, all at once", "s", tuple(bars))
    return found


def _measured(local: LocalRoost, phones: int, messages: int) -> tuple[tuple[Cell, ...], int]:
    """The row, and how many were late."""
    started = time.monotonic()
    with local.client() as http, ThreadPoolExecutor(CALLERS) as pool:
        accepted = list(pool.map(lambda number: _submit(http, number), range(messages)))
        spent = time.monotonic() - started
        found = _settled(http, set(accepted), time.monotonic() + PATIENCE_SECONDS)
    spans = sorted(_seconds_until_sent(message) for message in found)
    until_last = max((_instant(message, "sent") for message in found), default=0) - min(
        map(_accepted_at, found), default=0
    )
    at = [round(spans[int(part * (len(spans) - 1))], 2) if spans else None for part in (0.5, 0.95, 0.99)]
    rates = round(messages / spent, 1), round(len(found) / max(until_last, 0.001), 1)
    return (phones, messages, *at, *rates), messages - len(found)


def _submit(http: httpx.Client, number: int) -> str:
    body = {"to": f"+1415555{number:04d}", "body": f"Number {number} is ready"}
    return str(http.post("/v1/sms/send", json=body).raise_for_status().json()["id"])


def _settled(http: httpx.Client, wanted: set[str], deadline: float) -> list[dict[str, Any]]:
    """Those of the wanted ones that were sent by then, as the API shows them."""
    found: dict[str, dict[str, Any]] = {}
    while len(found) < len(wanted) and time.monotonic() < deadline:
        for message in sorted(wanted - found.keys())[:100]:
            shown = http.get(f"/v1/messages/{message}").raise_for_status().json()
            if shown["status"] in SENT:
                found[message] = shown
        time.sleep(LOOK_EVERY_SECONDS)
    return list(found.values())


def _instant(message: dict[str, Any], status: str) -> float:
    return next(
        datetime.fromisoformat(step["at"]).timestamp() for step in message["timeline"] if step["status"] == status
    )


def _accepted_at(message: dict[str, Any]) -> float:
    return datetime.fromisoformat(message["timeline"][0]["at"]).timestamp()


def _seconds_until_sent(message: dict[str, Any]) -> float:
    return _instant(message, "sent") - _accepted_at(message)


def have_phones(local: LocalRoost, http: httpx.Client, folder: Path, count: int) -> None:
    """So many virtual phones run, a thread each, paired and woken by pushes of the stand-in."""
    with local.client() as api:
        for number in range(len(_ready(api)), count):
            _start_phone(local, http, folder / f"phone{number}", number)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(ready := _ready(api)) < count and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_SECONDS)
        if len(ready) < count:
            raise RuntimeError(f"only {len(ready)} of {count} phones are paired and can be woken")
        for phone in ready:
            api.patch(f"/v1/phones/{phone['id']}", json=FAST).raise_for_status()


def _ready(api: httpx.Client) -> list[dict[str, Any]]:
    phones = api.get("/v1/phones").raise_for_status().json()["data"]
    return [phone for phone in phones if phone["push"] == "ok"]


def _start_phone(local: LocalRoost, http: httpx.Client, store: Path, number: int) -> None:
    link = local.pairing_link(label=f"Phone {number}")
    ready = threading.Event()
    threading.Thread(target=_run, args=(local, http, store, link, ready), daemon=True).start()
    ready.wait(PATIENCE_SECONDS)


def _run(local: LocalRoost, http: httpx.Client, store: Path, link: str, ready: threading.Event) -> None:
    """Its store is a database that belongs to this thread; the thread ends with the process."""
    store.mkdir(parents=True)
    clock = MachineClock()
    tray = load_tray(store)
    radio = SimulatedRadio(store / RADIO_FILE, clock.wall_ms, tray, IN_A_HURRY)
    phone = Phone(store, Handset(clock=clock, radio=radio, tray=tray), http, tell=silent, report_delay_seconds=0.1)
    try:
        _pair(phone, link)
        runner = Runner(phone, silent)
        assert phone.firebase is not None
        PushListener(http, local.fcm.base_url, phone.firebase.project_id, None, runner.deliver).start()
    finally:
        ready.set()
    with suppress(httpx.HTTPError, RuntimeError):  # the cloud is stopped under it when the measurement is over
        runner.run()


def _pair(phone: Phone, link: str) -> None:
    """Raises PairingFailed."""
    for _ in range(PAIRINGS - 1):
        with suppress(PairingFailed):
            phone.pair(parse_link(link))
            return
    phone.pair(parse_link(link))
