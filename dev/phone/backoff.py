"""When the phone may call again after a failure: full jitter, and `Retry-After` above all (protocol §19)."""

from __future__ import annotations

import random

from dev.phone.clock import Clock, Stamp, age_ms, stamp
from dev.phone.store import Store
from dev.phone.times import MINUTE, SECOND

BASE_MS = 2 * SECOND
CAP_MS = 15 * MINUTE


class Backoff:
    """The jittered delay lives in memory, a restart may try at once; a `Retry-After` is kept over restarts."""

    def __init__(self, store: Store, clock: Clock, rng: random.Random) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._failures = 0
        self._until_elapsed_ms = 0

    def failed(self, retry_after_ms: int | None) -> None:
        ceiling = min(CAP_MS, BASE_MS << min(self._failures, 20))
        self._failures += 1
        self._until_elapsed_ms = self._clock.elapsed_ms() + round(self._rng.uniform(0, ceiling))
        if retry_after_ms is not None:
            now = stamp(self._clock)
            with self._store.transaction():
                self._store.put("retry_after", [now.boot_id, now.elapsed_ms, now.wall_ms, retry_after_ms])

    def hold(self, ms: int) -> None:
        """Wait exactly this long, for states that are retried hourly."""
        self._until_elapsed_ms = self._clock.elapsed_ms() + ms

    def succeeded(self) -> None:
        self._failures = 0
        self._until_elapsed_ms = 0
        self._forget_retry_after()

    def network_available(self) -> None:
        """Try at once again, except where the server asked for silence."""
        self._failures = 0
        self._until_elapsed_ms = 0

    def wait_ms(self) -> int:
        own = self._until_elapsed_ms - self._clock.elapsed_ms()
        return max(0, own, self._retry_after_left_ms())

    def has_been_asked_to_wait(self) -> bool:
        """A `Retry-After` is running; not even the owner's wish cuts it short."""
        return self._retry_after_left_ms() > 0

    def _retry_after_left_ms(self) -> int:
        kept = self._store.get("retry_after")
        if kept is None:
            return 0
        return int(kept[3]) - age_ms(self._clock, Stamp(*kept[:3]))

    def _forget_retry_after(self) -> None:
        if self._store.get("retry_after") is not None:
            with self._store.transaction():
                self._store.put("retry_after", None)
