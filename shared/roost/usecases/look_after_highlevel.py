"""The sweep's look at a location: an execution that was lost is started anew, and debts nobody runs get one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.instants import MINUTE
from roost.runtime.deps import Deps
from roost.storage.checks import Check, look_again
from roost.storage.highlevel import change_location, get_location
from roost.storage.highlevel_errands import list_owed
from roost.usecases.retry_highlevel import start_retry

if TYPE_CHECKING:
    from roost.outbound.executions import Executions

LOOK_AGAIN_AFTER = 10 * MINUTE


def look_after_highlevel(deps: Deps, executions: Executions, check: Check) -> None:
    location = get_location(deps.highlevel, check.account, check.highlevel or "")
    if location is None or not location.is_connected:
        return
    if location.outage_at is not None:
        start_retry(executions, location)
    elif list_owed(deps.highlevel, location, 1):
        now = deps.now()
        begun = change_location(deps.highlevel, location, {"outage_at": now, "retry_at": now}, {"outage_at": None})
        if begun is not None:
            start_retry(executions, begun)
    else:
        return
    look_again(deps.devices, check, deps.now(), LOOK_AGAIN_AFTER)
