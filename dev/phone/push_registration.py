"""Tells the server how to wake this phone (protocol §4)."""

from __future__ import annotations

from typing import Any

from dev.phone.backoff import Backoff
from dev.phone.clock import Clock, Stamp, age_ms, stamp
from dev.phone.exchange import Answered, Refused, Unreachable
from dev.phone.narration import Tell
from dev.phone.server import Server
from dev.phone.store import Store
from dev.phone.times import DAY

PATH = "/phone/v1/push"
REFRESH_MS = 30 * DAY
PERMANENT_REFUSALS = frozenset({400, 404, 409, 413, 422})
NO_PUSH: dict[str, Any] = {"provider": "none"}


class PushRegistration:
    """Told to the server after pairing, at each app start, after each change and every 30 days."""

    def __init__(self, store: Store, clock: Clock, server: Server, backoff: Backoff, tell: Tell) -> None:
        self._store = store
        self._clock = clock
        self._server = server
        self._backoff = backoff
        self._tell = tell
        self._told: dict[str, Any] | None = None

    def change(self, registration: dict[str, Any]) -> None:
        with self._store.transaction():
            self._store.put("push_registration", registration)

    def current(self) -> dict[str, Any]:
        registration: dict[str, Any] = self._store.get("push_registration") or NO_PUSH
        return registration

    def due_in_ms(self) -> int:
        told_at = self._store.get("push_told_at")
        if self._told != self.current() or told_at is None:
            return self._backoff.wait_ms()
        return max(self._backoff.wait_ms(), REFRESH_MS - age_ms(self._clock, Stamp(*told_at)), 0)

    def tell_server(self) -> None:
        """A refusal of this registration is final until it changes or the app starts again; polling goes on."""
        registration = self.current()
        result = self._server.call("PUT", PATH, registration)
        if isinstance(result, Unreachable):
            self._backoff.failed(result.retry_after_ms)
        elif isinstance(result, Answered) or result.status in PERMANENT_REFUSALS:
            if isinstance(result, Refused):
                self._tell(f"the server does not take this push registration ({result.code}); the phone polls")
            self._note_told(registration)

    def _note_told(self, registration: dict[str, Any]) -> None:
        self._backoff.succeeded()
        now = stamp(self._clock)
        self._told = registration
        with self._store.transaction():
            self._store.put("push_told_at", [now.boot_id, now.elapsed_ms, now.wall_ms])
