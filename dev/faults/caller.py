"""The owner's side: calls the API as a program would, and repeats a call that broke with the same Idempotency-Key."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

BASE_URL = "https://roost.example"
TRIES = 40


class CallFailed(AssertionError):
    """The API refused what a scenario asked for."""


class Caller:
    def __init__(self, server: httpx.BaseTransport, secret: str) -> None:
        self._http = httpx.Client(base_url=BASE_URL, headers={"x-api-key": secret}, transport=server)
        self._keys = itertools.count(1)

    def submit(self, body: dict[str, Any]) -> int:
        """Accepted for good: the message's number. Raises CallFailed."""
        headers = {"Idempotency-Key": f"faults-{next(self._keys)}"}
        found = self.call("POST", "/v1/sms/send", body, headers=headers)
        return int(str(found["id"]).removeprefix("msg_"))

    def submit_batch(self, body: dict[str, Any]) -> tuple[str, list[int]]:
        """Accepted for good: the group, and the messages' numbers in the order of the request. Raises CallFailed."""
        headers = {"Idempotency-Key": f"faults-{next(self._keys)}"}
        found = self.call("POST", "/v1/sms/batch", body, headers=headers)
        return str(found["group_id"]), [int(message["id"].removeprefix("msg_")) for message in found["messages"]]

    def pairing_link(self) -> str:
        return str(self.call("POST", "/v1/pairings", {})["link"])

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The answer's JSON, {} for none. A 5xx is tried again, as the API's users are told to."""
        for _ in range(TRIES):
            answer = self._http.request(method, path, json=body, headers=headers)
            if answer.status_code < 500:
                break
        if not answer.is_success:
            raise CallFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def close(self) -> None:
        self._http.close()
