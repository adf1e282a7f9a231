"""HighLevel's limits for one app and location: 100 requests in ten seconds and 200,000 in a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roost.domain.instants import DAY, SECOND, day_start

WINDOW = 10 * SECOND
CALLS_PER_WINDOW = 90
CALLS_PER_DAY = 195_000
"""A little below theirs: the pages and the renewal of tokens call beside the queue."""


@dataclass(slots=True)
class Budget:
    """How much is left of both limits, as far as this side knows. `recent`: the instants of the calls of the last ten
    seconds, so that no ten seconds see more, wherever they begin. `wait_until`: 0, or when the next call may come."""

    recent: list[int]
    day_at: int
    day_calls: int
    wait_until: int = 0

    def may_call_at(self, now: int) -> int:
        """`now`, or a later instant to come again at."""
        self._turn(now)
        if now < self.wait_until:
            return self.wait_until
        if self.day_calls >= CALLS_PER_DAY:
            return self.day_at + DAY
        return self.recent[-CALLS_PER_WINDOW] + WINDOW if len(self.recent) >= CALLS_PER_WINDOW else now

    def count(self, now: int) -> None:
        self._turn(now)
        self.recent.append(now)
        self.day_calls += 1

    def learn(self, headers: Mapping[str, str], status: int | None, now: int) -> None:
        """What HighLevel says of its own count wins. `headers`: names in lower case."""
        interval = _number(headers.get("x-ratelimit-interval-milliseconds")) or WINDOW
        if _number(headers.get("x-ratelimit-daily-remaining")) == 0:
            self.wait_until = day_start(now) + DAY
        elif status == 429 or _number(headers.get("x-ratelimit-remaining")) == 0:
            asked = (_number(headers.get("retry-after")) or 0) * SECOND
            self.wait_until = max(self.wait_until, now + max(min(interval, DAY), min(asked, DAY)))

    def _turn(self, now: int) -> None:
        self.recent = [at for at in self.recent if now - at < WINDOW]
        if day_start(now) != self.day_at:
            self.day_at, self.day_calls = day_start(now), 0


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 12 else None
