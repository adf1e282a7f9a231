"""Locations that were owed something a moment ago, as the stream of their table tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from roost.domain.instants import SECOND
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration
from roost.storage.highlevel import change_location, get_location
from roost.storage.highlevel_errands import place_of
from roost.usecases.mirror_highlevel import mirror_highlevel
from roost.usecases.retry_highlevel import start_retry

if TYPE_CHECKING:
    from roost.outbound.executions import Executions

TIME_BUDGET = 8 * SECOND
"""For a whole batch, after which each location that is left gets an execution of its own: none waits for a slow one
among the others."""


def locations_owed(records: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(account, location) of each partition that was written to, once."""
    return sorted({place_of(record["dynamodb"]["Keys"]["pk"]["S"]) for record in records})


def mirror_locations(
    deps: Deps, integration: Integration, executions: Executions, owed: Iterable[tuple[str, str]]
) -> int:
    """How many were worked on here."""
    stop_at, taken = deps.now() + TIME_BUDGET, 0
    for account, location in owed:
        if deps.now() < stop_at:
            mirror_highlevel(deps, integration, executions, account, location, since=0)
            taken += 1
        else:
            _leave_to_execution(deps, executions, account, location)
    return taken


def _leave_to_execution(deps: Deps, executions: Executions, account: str, location: str) -> None:
    stands, now = get_location(deps.highlevel, account, location), deps.now()
    if stands is None or not stands.is_connected or stands.outage_at is not None:
        return
    begun = change_location(deps.highlevel, stands, {"outage_at": now, "retry_at": now}, {"outage_at": None})
    if begun is not None:
        start_retry(executions, begun)
