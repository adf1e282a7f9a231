"""The minute schedule of `sweep`, without the minutes in which it would find nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from dev.phone.times import HOUR, MINUTE, SECOND

SECONDS_PAST_MS = 5 * SECOND
"""EventBridge fires a little after the full minute."""
IDLE_MS = HOUR
CHECK = "CHECK#"


class Sweeper:
    """Knows from the writes which minutes have check entries. A sweep of empty minutes would only move the cursor."""

    def __init__(self, sweep: Callable[[], None] | None, now_ms: Callable[[], int]) -> None:
        """`sweep` None: the function does not exist yet."""
        self._sweep = sweep
        self._now_ms = now_ms
        self._minutes: set[int] = set()
        self._last_ms = now_ms()

    def noticed(self, key: str) -> None:
        """A write to the devices table, by its partition key."""
        if key.startswith(CHECK):
            self._minutes.add(minute_of(key.removeprefix(CHECK)))

    def next_ms(self) -> int | None:
        if self._sweep is None:
            return None
        entries = [minute + MINUTE + SECONDS_PAST_MS for minute in self._minutes]
        return max(min([*entries, self._last_ms + IDLE_MS]), self._last_ms + MINUTE)

    def sweep_if_due(self) -> bool:
        due = self.next_ms()
        if due is None or self._sweep is None or due > self._now_ms():
            return False
        now = self._now_ms()
        self._minutes = {minute for minute in self._minutes if minute + MINUTE + SECONDS_PAST_MS > now}
        self._last_ms = now // MINUTE * MINUTE + SECONDS_PAST_MS
        self._sweep()
        return True


def minute_of(text: str) -> int:
    """`yyyymmddhhmm` in UTC as epoch milliseconds."""
    return round(datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC).timestamp()) * SECOND
