"""Instants are integers everywhere inside Roost: milliseconds since 1970-01-01 UTC. Text only on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def rfc3339(instant: int) -> str:
    """`2026-11-20T09:04:04.100Z`: UTC with milliseconds."""
    return as_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_datetime(instant: int) -> datetime:
    return EPOCH + timedelta(milliseconds=instant)


def from_datetime(moment: datetime) -> int:
    """Milliseconds of an aware datetime. Raises ValueError on a naive one: a guess at its zone would be wrong."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, for example 2026-11-20T09:04:04Z")
    return (moment - EPOCH) // timedelta(milliseconds=1)


def minute_of(instant: int) -> str:
    """The UTC minute as `yyyymmddhhmm`."""
    return as_datetime(instant).strftime("%Y%m%d%H%M")


def minute_start(minute: str) -> int:
    """The instant a `yyyymmddhhmm` begins. Raises ValueError on anything else."""
    return from_datetime(datetime.strptime(minute, "%Y%m%d%H%M").replace(tzinfo=UTC))


def day_start(instant: int) -> int:
    """The UTC midnight before or at an instant."""
    return instant - instant % DAY


def day_of(instant: int) -> str:
    """The UTC day as `yyyymmdd`. Days sort as instants do; strftime would write the year 403 in three digits."""
    return as_datetime(instant).date().isoformat().replace("-", "")
