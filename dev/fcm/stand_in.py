"""The stand-in as one object: push service, key, registrations on disk, and the HTTP server around them."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from dev.fcm.faults import Fault
from dev.fcm.http_server import HttpServer
from dev.fcm.message import parse_message
from dev.fcm.push_service import AddressKind, PushService, Registration
from dev.fcm.service_account import (
    GRANT_TYPE,
    InvalidGrant,
    ServiceAccountKey,
    check_claims,
    client_email,
    firebase_settings,
)

ACCESS_TOKEN_SECONDS = 3_599
KEY_FILE = "service-account.pem"
REGISTRATIONS_FILE = "registrations.json"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class FcmStandIn:
    """`directory` keeps key and registrations over restarts; without it everything is new at each start."""

    def __init__(self, directory: Path | None = None, *, project_id: str = "roost-local") -> None:
        self.project_id = project_id
        self.service = PushService()
        self._directory = directory
        self._key = ServiceAccountKey.load_or_create(directory / KEY_FILE if directory else None)
        self._access_tokens: dict[str, float] = {}
        self._changed = threading.Condition()
        self._is_stopping = False
        self._server: HttpServer | None = None
        self._load_registrations()

    @property
    def base_url(self) -> str:
        if self._server is None:
            raise RuntimeError("the stand-in is not running: call start() first")
        return self._server.base_url

    def start(self, port: int = 0) -> Self:
        """Serve on loopback; port 0 takes a free one. Raises OSError when the port is taken."""
        self._is_stopping = False
        self._server = HttpServer(self, port)
        self._server.start()
        return self

    def stop(self) -> None:
        """Long polls under way end with an empty answer."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self if self._server else self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def firebase_settings(self) -> dict[str, Any]:
        """The JSON of Roost's Firebase parameter for this stand-in."""
        return firebase_settings(self.base_url, self.project_id, key=self._key)

    def access_token(self, grant_type: str, assertion: str) -> dict[str, Any]:
        """OAuth2 answer to a signed assertion. Raises InvalidGrant."""
        if grant_type != GRANT_TYPE:
            raise InvalidGrant(f"grant_type must be {GRANT_TYPE}")
        check_claims(
            self._key.claims_of(assertion), client_email(self.project_id), f"{self.base_url}/token", time.time()
        )
        token = f"ya29.stand-in.{secrets.token_urlsafe(24)}"
        with self._changed:
            self._access_tokens[token] = time.monotonic() + ACCESS_TOKEN_SECONDS
        return {"access_token": token, "expires_in": ACCESS_TOKEN_SECONDS, "token_type": "Bearer"}

    def is_access_token(self, token: str) -> bool:
        with self._changed:
            return self._access_tokens.get(token, 0) > time.monotonic()

    def forget_access_tokens(self) -> None:
        """As if every access token had expired."""
        with self._changed:
            self._access_tokens.clear()

    def send(self, project_id: str, request: dict[str, Any]) -> dict[str, str]:
        """`messages:send`. Raises FcmError."""
        message = parse_message(request.get("message"))
        with self._changed:
            name = self.service.send(project_id, message, now_ms(), validate_only=bool(request.get("validate_only")))
            self._changed.notify_all()
        return {"name": name}

    def register(self, project_id: str, kind: AddressKind = "token") -> str:
        with self._changed:
            address = self.service.register(project_id, kind)
            self._save_registrations()
        return address

    def unregister(self, address: str) -> None:
        with self._changed:
            self.service.unregister(address)
            self._save_registrations()
            self._changed.notify_all()

    def wait_for_pushes(
        self, address: str, wait_seconds: float, is_listening: Callable[[], bool]
    ) -> list[dict[str, Any]] | None:
        """Long poll: pushes as soon as there are any, [] after `wait_seconds`, None for an unknown registration.

        A phone that died while waiting must not swallow the push that its successor waits for: hence `is_listening`.
        """
        deadline = time.monotonic() + wait_seconds
        with self._changed:
            while is_listening():
                pushes = self.service.collect(address, now_ms())
                left = deadline - time.monotonic()
                if pushes is None or pushes or left <= 0 or self._is_stopping:
                    return pushes
                due = self.service.next_due_ms(address)
                until_due = left if due is None else max(0.001, (due - now_ms()) / 1_000)
                self._changed.wait(min(left, until_due, 1.0))
        return []

    def add_faults(self, faults: list[Fault]) -> None:
        with self._changed:
            self.service.faults.add(faults)

    def clear_faults(self) -> None:
        with self._changed:
            self.service.faults.clear()

    def sent(self) -> list[dict[str, Any]]:
        """Accepted sends, oldest first."""
        with self._changed:
            return [
                {
                    "token": send.address,
                    "project_id": send.project_id,
                    "data": send.data,
                    "priority": send.priority,
                    "ttl_seconds": send.ttl_seconds,
                    "at_ms": send.at_ms,
                }
                for send in self.service.log
            ]

    def _load_registrations(self) -> None:
        path = self._directory / REGISTRATIONS_FILE if self._directory else None
        if path is None or not path.exists():
            return
        for entry in json.loads(path.read_text()):
            self.service.registrations[entry["address"]] = Registration(**entry)

    def _save_registrations(self) -> None:
        if self._directory is None:
            return
        entries = [
            {"address": known.address, "project_id": known.project_id, "kind": known.kind}
            for known in self.service.registrations.values()
        ]
        unfinished = self._directory / f"{REGISTRATIONS_FILE}.new"
        unfinished.write_text(json.dumps(entries, indent=1))
        unfinished.replace(self._directory / REGISTRATIONS_FILE)
