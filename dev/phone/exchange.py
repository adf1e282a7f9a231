"""One HTTP request to the Roost server and what came of it (protocol §2 and §19)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pydantic import ValidationError

from dev.phone.times import SECOND, from_datetime
from dev.phone.wire import Refusal

TIMEOUT = httpx.Timeout(20, connect=10)
HEADERS = {"Roost-Protocol": "1"}


@dataclass(frozen=True, slots=True)
class Answered:
    """2xx. `body` is parsed JSON, None for an empty body."""

    body: Any
    round_trip_ms: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no: `status`, `error.code`, and how long it wants to be left alone."""

    status: int
    code: str
    message: str
    retry_after_ms: int | None
    events_ok: bool


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No usable answer: network, TLS, time-out, a server error, or somebody else's page (captive portal)."""

    reason: str
    retry_after_ms: int | None = None


Result = Answered | Refused | Unreachable


class Exchange:
    """`elapsed_ms` measures round trips; `now_ms` is corrected time, for a `Retry-After` that is a date."""

    def __init__(self, http: httpx.Client, elapsed_ms: Callable[[], int], now_ms: Callable[[], int]) -> None:
        self._http = http
        self._elapsed_ms = elapsed_ms
        self._now_ms = now_ms

    def call(self, method: str, url: str, body: dict[str, Any], token: str | None = None) -> Result:
        headers = {**HEADERS, "Authorization": f"Bearer {token}"} if token else HEADERS
        started = self._elapsed_ms()
        try:
            response = self._http.request(
                method, url, json=body, headers=headers, timeout=TIMEOUT, follow_redirects=False
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Unreachable(type(error).__name__)
        return self._read(response, self._elapsed_ms() - started)

    def _read(self, response: httpx.Response, round_trip_ms: int) -> Result:
        retry_after = self._retry_after_ms(response.headers.get("Retry-After"))
        if response.status_code >= 500:
            return Unreachable(f"server error {response.status_code}", retry_after)
        if response.is_success:
            return self._read_success(response, round_trip_ms)
        if response.is_client_error:
            return self._read_refusal(response, retry_after)
        return Unreachable(f"unexpected status {response.status_code}")

    @staticmethod
    def _read_success(response: httpx.Response, round_trip_ms: int) -> Result:
        if response.status_code == httpx.codes.NO_CONTENT:
            return Answered(None, round_trip_ms)
        try:
            return Answered(response.json(), round_trip_ms)
        except (json.JSONDecodeError, UnicodeDecodeError):
            return Unreachable("an answer that is not JSON; is there a captive portal?")

    @staticmethod
    def _read_refusal(response: httpx.Response, retry_after_ms: int | None) -> Refused:
        try:
            refusal = Refusal.model_validate_json(response.content)
        except ValidationError:
            refusal = Refusal()
        error = refusal.error
        return Refused(response.status_code, error.code, error.message, retry_after_ms, refusal.events_ok)

    def _retry_after_ms(self, header: str | None) -> int | None:
        """Seconds or an HTTP date; an unreadable one counts as absent."""
        if header is None:
            return None
        if header.strip().isdigit():
            return int(header) * SECOND
        try:
            at: datetime = parsedate_to_datetime(header)
        except ValueError:
            return None
        return max(0, from_datetime(at) - self._now_ms())
