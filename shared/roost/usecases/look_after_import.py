"""The second net of imports: while one runs its machine does, and one that is lost is started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.imports import ImportStatus
from roost.domain.instants import MINUTE
from roost.runtime.deps import Deps
from roost.storage.checks import Check, look_again
from roost.storage.contact_imports import get_import

if TYPE_CHECKING:  # the client behind it is opened in few functions
    from roost.outbound.executions import Executions

LOOK_AGAIN_AFTER = 5 * MINUTE


def look_after_import(deps: Deps, executions: Executions, check: Check) -> None:
    found = get_import(deps.contacts, check.account, check.contact_import or 0)
    if found is not None and found.status is ImportStatus.RUNNING:
        executions.import_contacts(found.account, found.id, found.created_at)
        look_again(deps.devices, check, deps.now(), LOOK_AGAIN_AFTER)
