"""When a location is tried again: one execution waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from roost.domain.highlevel import Location

if TYPE_CHECKING:
    from roost.outbound.executions import Executions


def outage_after(location: Location, retry_at: int | None, since: int, now: int) -> Mapping[str, Any]:
    """An execution that waits long for one refused errand must not hold up what can be done sooner: that gets its own,
    and the older one finds on waking that it is no longer asked for."""
    if retry_at is None:
        return {"outage_at": None, "retry_at": None}
    waits = location.outage_at is not None and location.retry_at is not None
    if waits and (since == location.outage_at or (location.retry_at or 0) <= retry_at):
        return {"retry_at": retry_at} if since == location.outage_at else {}
    return {"outage_at": max(now, (location.outage_at or 0) + 1), "retry_at": retry_at}


def start_retry(executions: Executions, location: Location) -> None:
    if location.outage_at is not None:
        retry_at = location.retry_at if location.retry_at is not None else location.outage_at
        executions.retry_highlevel(location.account, location.id, location.outage_at, retry_at)
