"""How fast the phone may send (protocol §16). Counts segments, not messages, and survives restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dev.phone.clock import Clock, Stamp, age_ms, stamp
from dev.phone.corrected_time import CorrectedTime
from dev.phone.store import Store
from dev.phone.times import DAY, HOUR, MINUTE, SECOND
from dev.phone.wire import Config

THROTTLE_MS = HOUR
REMEMBERED_FROM_OTHER_BOOTS = 200


class Pacing:
    def __init__(self, store: Store, clock: Clock, corrected: CorrectedTime) -> None:
        self._store = store
        self._clock = clock
        self._corrected = corrected

    def package_wait_ms(self, config: Config, segments: int) -> int:
        """Milliseconds until the governor over all SIMs lets `segments` pass; 0 means now."""
        booked = self._booked(None)
        gap = max(0, config.governor.min_gap_ms - booked[0][0]) if booked else 0
        return max(gap, _window_wait(booked, MINUTE, self.governor_limit(config), segments))

    def sim_wait_ms(self, config: Config, sim_id: str, segments: int) -> int:
        """Milliseconds until the caps of this SIM let `segments` pass; 0 means now."""
        caps, booked = config.caps_of(sim_id), self._booked(sim_id)
        minute = _window_wait(booked, MINUTE, caps.per_minute, segments)
        hour = _window_wait(booked, HOUR, caps.per_hour, segments)
        is_day_full = caps.per_day is not None and self._used_today(sim_id) + segments > caps.per_day
        return max(minute, hour, self._until_tomorrow_ms() if is_day_full else 0)

    def book(self, sim_id: str, segments: int) -> None:
        """Count a radio call that is about to be made; never taken back."""
        now = stamp(self._clock)
        self._store.change(
            "INSERT INTO governor VALUES (?, ?, ?, ?, ?, ?)",
            now.boot_id, now.elapsed_ms, now.wall_ms, self._today(), sim_id, segments,
        )  # fmt: skip
        oldest = f"{datetime.fromtimestamp(self._corrected.now_ms() / SECOND, UTC) - timedelta(days=2):%Y-%m-%d}"
        self._store.change("DELETE FROM governor WHERE day < ?", oldest)

    def free_segments(self, config: Config, sim_id: str) -> int:
        """What governor and caps leave this SIM within `hold_seconds`."""
        minutes = config.hold_seconds / 60
        caps = config.caps_of(sim_id)
        free = [self.governor_limit(config) * minutes - _sum_within(self._booked(None), MINUTE)]
        if caps.per_minute is not None:
            free.append(caps.per_minute * minutes - _sum_within(self._booked(sim_id), MINUTE))
        if caps.per_hour is not None:
            free.append(caps.per_hour - _sum_within(self._booked(sim_id), HOUR))
        day_left = self.day_left(config, sim_id)
        if day_left is not None:
            free.append(day_left)
        return max(0, int(min(free)))

    def day_left(self, config: Config, sim_id: str) -> int | None:
        """Segments left today (UTC, server time); None without a daily cap."""
        per_day = config.caps_of(sim_id).per_day
        return None if per_day is None else max(0, per_day - self._used_today(sim_id))

    def governor_limit(self, config: Config) -> int:
        """Segments per minute over all SIMs; half of it for an hour after the system refused to send more."""
        full = config.governor.segments_per_minute
        return max(1, full // 2) if self._is_throttled() else full

    def throttle(self) -> None:
        now = stamp(self._clock)
        self._store.put("throttled_at", [now.boot_id, now.elapsed_ms, now.wall_ms])

    def _is_throttled(self) -> bool:
        at = self._store.get("throttled_at")
        return at is not None and age_ms(self._clock, Stamp(*at)) < THROTTLE_MS

    def _booked(self, sim_id: str | None) -> list[tuple[int, int]]:
        """(age in ms, segments) of radio calls within the last hour, newest first."""
        boot, now = self._clock.boot_id, self._clock.elapsed_ms()
        rows = self._store.rows(
            """SELECT * FROM (SELECT * FROM governor WHERE boot_id = ? AND elapsed_ms > ?)
               UNION ALL SELECT * FROM (SELECT * FROM governor WHERE boot_id != ? ORDER BY rowid DESC LIMIT ?)""",
            boot, now - HOUR, boot, REMEMBERED_FROM_OTHER_BOOTS,
        )  # fmt: skip
        ages = [
            (max(0, age_ms(self._clock, Stamp(row["boot_id"], row["elapsed_ms"], row["wall_ms"]))), row["segments"])
            for row in rows
            if sim_id in (None, row["sim_id"])
        ]
        return sorted(entry for entry in ages if entry[0] < HOUR)

    def _used_today(self, sim_id: str) -> int:
        return self._store.count(
            "SELECT sum(segments) FROM governor WHERE sim_id = ? AND day = ?", sim_id, self._today()
        )

    def _today(self) -> str:
        return f"{datetime.fromtimestamp(self._corrected.now_ms() / SECOND, UTC):%Y-%m-%d}"

    def _until_tomorrow_ms(self) -> int:
        return DAY - self._corrected.now_ms() % DAY


def _sum_within(booked: list[tuple[int, int]], window_ms: int) -> int:
    return sum(segments for age, segments in booked if age < window_ms)


def _window_wait(booked: list[tuple[int, int]], window_ms: int, limit: int | None, segments: int) -> int:
    """Time until enough old bookings leave the window. A message larger than the limit goes alone into an empty one."""
    if limit is None:
        return 0
    inside = [entry for entry in booked if entry[0] < window_ms]
    total = sum(count for _, count in inside)
    wait = 0
    while inside and total + segments > limit:
        age, count = inside.pop()
        total, wait = total - count, window_ms - age
    return wait
