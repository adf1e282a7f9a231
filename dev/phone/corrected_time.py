"""Server time as the phone reckons it: an anchor from the last answer plus milliseconds since boot (protocol §15)."""

from __future__ import annotations

from dev.phone.clock import Clock
from dev.phone.store import Store
from dev.phone.times import HOUR, SECOND

TRUSTED_ROUND_TRIP_MS = 5 * SECOND
UNANCHORED_UNCERTAINTY_MS = HOUR


class CorrectedTime:
    """The wall clock counts only between a reboot and the first answer; its jumps do not matter after that."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def now_ms(self) -> int:
        """Epoch milliseconds on the server's clock."""
        anchor = self._store.get("anchor")
        if anchor is None:
            return self._clock.wall_ms()
        if anchor["boot_id"] == self._clock.boot_id:
            return int(anchor["server_ms"]) + self._clock.elapsed_ms() - int(anchor["elapsed_ms"])
        return self._clock.wall_ms() + int(anchor["wall_offset_ms"])

    def is_anchored(self) -> bool:
        """Whether the server answered since the last boot."""
        anchor = self._store.get("anchor")
        return anchor is not None and anchor["boot_id"] == self._clock.boot_id

    def uncertainty_ms(self) -> int:
        return 0 if self.is_anchored() else UNANCHORED_UNCERTAINTY_MS

    def anchor(self, server_time_ms: int, round_trip_ms: int) -> None:
        """Keep the newest quick answer; a slow one only while this boot has none, as a poor anchor beats a guess."""
        if round_trip_ms >= TRUSTED_ROUND_TRIP_MS and self.is_anchored():
            return
        now_ms = server_time_ms + round_trip_ms // 2
        self._store.put(
            "anchor",
            {
                "boot_id": self._clock.boot_id,
                "elapsed_ms": self._clock.elapsed_ms(),
                "server_ms": now_ms,
                "wall_offset_ms": now_ms - self._clock.wall_ms(),
            },
        )
