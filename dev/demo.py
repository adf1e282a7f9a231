"""`make demo`: one SMS through everything, its timeline, and exit code 0 only if it was delivered."""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from dev.local_roost import LocalRoost

NUMBER = "+15005550001"
"""The virtual phone's carrier always delivers to it."""
FINAL = frozenset({"delivered", "failed", "expired", "canceled", "unknown"})
LOOK_EVERY_SECONDS = 0.1


def demo(home: Path, *, patience_seconds: float, with_phone: bool) -> int:
    """Everything new in a folder of its own, which is removed afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    state = Path(tempfile.mkdtemp(prefix="demo-", dir=home))
    try:
        print("Starting Roost: the tables and functions of template.yaml on this machine ...")
        with LocalRoost(state) as roost, roost.client() as http:
            return _show(roost, http, patience_seconds, with_phone=with_phone)
    finally:
        shutil.rmtree(state, ignore_errors=True)


def _show(roost: LocalRoost, http: httpx.Client, patience_seconds: float, *, with_phone: bool) -> int:
    roost.start_phone(roost.state / "phone", "Demo phone", "--fast")
    phone = roost.pace_fast("Demo phone")
    print(f"Paired: {phone['name']} ({phone['id']}), a virtual phone with two SIMs, woken by push, paced fast")
    if not with_phone:
        roost.stop_phones()
        print("The phone is stopped, as asked for")
    sent = http.post("/v1/sms/send", json={"to": NUMBER, "body": "Hello from Roost"}).raise_for_status().json()
    print(f"Accepted: {sent['id']} to {NUMBER}\n")
    message = _settled(http, sent["id"], patience_seconds)
    _print_timeline(message)
    if message["status"] == "delivered":
        print("\nDelivered.")
        return 0
    print(f"\nNot delivered within {patience_seconds:.0f} s: it is {message['status']}. {_reason(http, roost)}")
    return 1


def _settled(http: httpx.Client, message_id: str, patience_seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + patience_seconds
    while True:
        message: dict[str, Any] = http.get(f"/v1/messages/{message_id}").raise_for_status().json()
        if message["status"] in FINAL or time.monotonic() > deadline:
            return message
        time.sleep(LOOK_EVERY_SECONDS)


def _print_timeline(message: dict[str, Any]) -> None:
    first_of_each = {entry["status"]: entry for entry in reversed(message["timeline"])}
    entries = sorted(first_of_each.values(), key=message["timeline"].index)
    start = datetime.fromisoformat(entries[0]["at"])
    for entry in entries:
        after = (datetime.fromisoformat(entry["at"]) - start).total_seconds()
        print(f"  {entry['status']:<12} {entry['at']}  +{after:.3f} s")


def _reason(http: httpx.Client, roost: LocalRoost) -> str:
    phones = http.get("/v1/phones").json()["data"]
    last = phones[0]["last_heartbeat_at"] if phones else "never"
    return f"The phone called last at {last}; its last words: {roost.last_words_of_phones()}"
