"""The second net, every minute: phones that did not answer a wake, deadlines, scheduled messages nobody released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.instants import MINUTE, SECOND, minute_of, minute_start
from roost.runtime.deps import Deps
from roost.storage.checks import Check, checks_of, mark_swept, put_check, swept_until
from roost.storage.phones import get_phone
from roost.usecases.manage_phones import unpair_phone
from roost.usecases.release_scheduled import release_minute
from roost.usecases.settle_silence import settle_overdue

if TYPE_CHECKING:
    from roost.outbound.executions import Executions

SILENT_AFTER = 25 * SECOND
LOOK_AGAIN_AFTER = 10 * MINUTE
MOST_MINUTES = 60
"""After an outage the missed minutes are worked off over several runs."""

OVERLAP = MINUTE
"""A check entry may be written into a minute that has just been swept: each is looked at twice."""


def sweep(deps: Deps, executions: Executions) -> None:
    """Raises nothing of its own: what fails is found again by the next run, because the cursor stays."""
    last = minute_start(minute_of(deps.now())) - MINUTE
    known = swept_until(deps.devices)
    swept = minute_start(known) if known else last - MINUTE
    # A cursor in the future is a clock gone wrong once: trusting it would stop the sweep until then.
    first = min(swept, last) + MINUTE - OVERLAP
    for start in range(first, min(last, first + MOST_MINUTES * MINUTE) + 1, MINUTE):
        minute = minute_of(start)
        for check in checks_of(deps.devices, minute):
            _look(deps, executions, minute, check)
        mark_swept(deps.devices, minute)


def _look(deps: Deps, executions: Executions, minute: str, check: Check) -> None:
    if check.phone is None:
        while release_minute(deps, check.account, minute)["more"]:
            pass
        return
    phone = get_phone(deps.devices, check.account, check.phone, consistent=True)
    if phone is None:
        return
    if phone.removed_at is not None:
        unpair_phone(deps, phone)
    elif phone.woken_at is not None and deps.now() - phone.woken_at >= SILENT_AFTER:
        executions.recover_phone(check.account, check.phone, phone.woken_at)
    elif phone.woken_at is not None or settle_overdue(deps, phone) is not None:
        put_check(deps.devices, minute_of(deps.now() + LOOK_AGAIN_AFTER), check)
