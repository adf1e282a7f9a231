"""The two clocks of a phone: a wall clock that may be wrong and jump, and milliseconds since boot that never do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dev.phone.times import SECOND

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment on one phone. `elapsed_ms` only compares with stamps of the same boot."""

    boot_id: str
    elapsed_ms: int
    wall_ms: int


class Clock(Protocol):
    """What Android gives an app: `currentTimeMillis`, `elapsedRealtime` and a name for this boot."""

    @property
    def boot_id(self) -> str: ...

    def wall_ms(self) -> int: ...

    def elapsed_ms(self) -> int: ...


def stamp(clock: Clock) -> Stamp:
    return Stamp(clock.boot_id, clock.elapsed_ms(), clock.wall_ms())


def age_ms(clock: Clock, earlier: Stamp) -> int:
    """Time since `earlier`, never too long: across a reboot only this boot's length is certain.

    Limits and waits build on this, so a wall clock that jumps while the phone is off cannot shorten them.
    """
    if earlier.boot_id == clock.boot_id:
        return clock.elapsed_ms() - earlier.elapsed_ms
    return clock.elapsed_ms()


def likely_age_ms(clock: Clock, earlier: Stamp) -> int:
    """Time since `earlier`, believing the wall clock across a reboot. For displays and searches, not for limits."""
    if earlier.boot_id == clock.boot_id:
        return clock.elapsed_ms() - earlier.elapsed_ms
    return max(clock.wall_ms() - earlier.wall_ms, clock.elapsed_ms())


class MachineClock:
    """The clocks of the computer this runs on. A restart of the program is not a reboot."""

    def __init__(self) -> None:
        self._clock_id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        name = BOOT_ID_FILE.read_text().strip() if BOOT_ID_FILE.exists() else str(self._booted_at_second())
        self.boot_id = f"b_{name[:13]}"

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def elapsed_ms(self) -> int:
        return time.clock_gettime_ns(self._clock_id) // 1_000_000

    def _booted_at_second(self) -> int:
        """Stable over restarts of the program to within ten seconds, which is enough to name a boot."""
        return (self.wall_ms() - self.elapsed_ms()) // (10 * SECOND)


class VirtualClock:
    """A phone's clocks derived from simulated true time, with a wall clock that can be wrong, jump and drift."""

    def __init__(self, true_now_ms: Callable[[], int], *, name: str = "virtual", wall_offset_ms: int = 0) -> None:
        self._true_now_ms = true_now_ms
        self._name = name
        self._boots = 1
        self._booted_at_ms = true_now_ms() - 60 * SECOND
        self.wall_offset_ms = wall_offset_ms
        self.drift_ppm = 0

    @property
    def boot_id(self) -> str:
        return f"b_{self._name}_{self._boots}"

    def wall_ms(self) -> int:
        drift = self.elapsed_ms() * self.drift_ppm // 1_000_000
        return self._true_now_ms() + self.wall_offset_ms + drift

    def elapsed_ms(self) -> int:
        return self._true_now_ms() - self._booted_at_ms

    def reboot(self) -> None:
        self._boots += 1
        self._booted_at_ms = self._true_now_ms()


class VirtualTime:
    """True time of a simulation in epoch milliseconds; moves only when told."""

    def __init__(self, now_ms: int = 1_795_000_000_000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("true time never goes back; move a phone's wall_offset_ms instead")
        self.now_ms += round(seconds * SECOND)
