"""Times inside the phone are whole milliseconds (epoch or since boot); on the wire RFC 3339 UTC."""

from __future__ import annotations

from datetime import UTC, datetime

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def to_wire(epoch_ms: int) -> str:
    """`2026-11-20T09:04:03.120Z`."""
    at = datetime.fromtimestamp(epoch_ms // SECOND, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{epoch_ms % SECOND:03d}Z"


def from_datetime(at: datetime) -> int:
    """Epoch milliseconds; a time without a zone is UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return round(aware.timestamp() * SECOND)
