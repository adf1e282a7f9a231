"""The Google services of a virtual phone: a long poll to the FCM stand-in, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

LONG_POLL_SECONDS = 25
RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Registered:
    """This installation has a (new) address."""

    token: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """One push; `body["kind"]` is `message` or `deleted`."""

    body: dict[str, Any]


PushNews = Registered | Pushed


class PushListener:
    """Registers when it has no token or the stand-in no longer knows it, as a real app does after UNREGISTERED."""

    def __init__(
        self, http: httpx.Client, base_url: str, project_id: str, token: str | None, deliver: Callable[[PushNews], None]
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._project_id = project_id
        self._token = token
        self._deliver = deliver
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="push-listener", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns at once; a long poll under way ends with the process."""
        self._stopped.set()

    def _run(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                self.listen_once()
                failures = 0
            except (httpx.HTTPError, ValueError, KeyError):
                self._stopped.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    def listen_once(self) -> None:
        """One registration or one long poll. Raises httpx.HTTPError, ValueError or KeyError."""
        if self._token is None:
            self.register()
            return
        query: dict[str, str | int] = {"token": self._token, "wait": LONG_POLL_SECONDS}
        response = self._http.get(f"{self._base_url}/device/pushes", params=query, timeout=LONG_POLL_SECONDS + 10)
        if response.status_code == httpx.codes.NOT_FOUND:
            self._token = None
            return
        for body in response.raise_for_status().json():
            self._deliver(Pushed(body))

    def register(self) -> str:
        """Ask for an address and pass it on."""
        body = {"project_id": self._project_id}
        response = self._http.post(f"{self._base_url}/device/register", json=body, timeout=10).raise_for_status()
        self._token = str(response.json()["token"])
        self._deliver(Registered(self._token))
        return self._token
