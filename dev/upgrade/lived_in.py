"""Run with the code of an earlier version: a Roost that was used, whose state the next version finds.

`python lived_in.py STATE PORT FACTS`. It uses of that version what every version has: `LocalRoost` and the API. FACTS
gets what a user would remember, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from dev.local_roost import LocalRoost

PHONE = "Kept phone"
DELIVERED, REPLIES = "+15005550001", "+15005550005"
FAR = timedelta(days=30)
PATIENCE_SECONDS = 120
LOOK_EVERY_SECONDS = 0.2


def live(roost: LocalRoost, http: httpx.Client) -> dict[str, Any]:
    """What was delivered before the upgrade, what waits for the phone, and what is due long after."""
    roost.start_phone(roost.state / "phone", PHONE, "--fast")
    roost.pace_fast(PHONE)
    done = [sent(http, {"to": number, "body": f"before {number}"}) for number in (DELIVERED, REPLIES)]
    for message_id in done:
        until(http, message_id, "delivered")
    until_replied(http)
    roost.stop_phones()
    waiting = [sent(http, {"to": DELIVERED, "body": f"waits {number}"}) for number in range(3)]
    batch = {"messages": [{"to": DELIVERED, "body": f"of a batch {number}"} for number in range(5)]}
    waiting += [one["id"] for one in post(http, "/v1/sms/batch", batch)["messages"]]
    post(http, "/v1/contacts", {"number": DELIVERED, "first_name": "Ana"})
    later = sent(http, {"to": DELIVERED, "body": "much later", "send_at": (datetime.now(UTC) + FAR).isoformat()})
    return {
        "done": {message_id: http.get(f"/v1/messages/{message_id}").json() for message_id in done},
        "waiting": waiting,
        "later": later,
        "contacts": listed(http, "contacts"),
        "conversations": listed(http, "conversations"),
    }


def sent(http: httpx.Client, body: dict[str, Any]) -> str:
    message_id: str = post(http, "/v1/sms/send", body)["id"]
    return message_id


def post(http: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = http.post(path, json=body).raise_for_status().json()
    return answer


def listed(http: httpx.Client, what: str) -> list[str]:
    return [one["id"] for one in http.get(f"/v1/{what}").raise_for_status().json()["data"]]


def until(http: httpx.Client, message_id: str, status: str) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := http.get(f"/v1/messages/{message_id}").json()["status"]) != status:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{message_id} is {found}, not {status}")
        time.sleep(LOOK_EVERY_SECONDS)


def until_replied(http: httpx.Client) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not http.get("/v1/conversations", params={"status": "unread"}).json()["data"]:
        if time.monotonic() > deadline:
            raise TimeoutError("the reply did not come in")
        time.sleep(LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    with LocalRoost(Path(sys.argv[1]), port=int(sys.argv[2])) as lived_in, lived_in.client() as calls:
        Path(sys.argv[3]).write_text(json.dumps(live(lived_in, calls)))
