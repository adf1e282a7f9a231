"""What runs longer than a request: an item of the contacts table asks for it, its stream record has it started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from roost.storage.conditional import untyped

if TYPE_CHECKING:  # the client behind it is opened in few functions
    from roost.outbound.executions import Executions


def start_work(executions: Executions, record: Mapping[str, Any]) -> None:
    """Twice is once: executions have names. Records that ask for nothing are left alone."""
    wanted = untyped(record.get("NewImage"))
    if wanted is not None and wanted.get("work") == "campaign":
        executions.run_campaign(wanted["account"], wanted["campaign"], wanted["epoch"], wanted["at"])
    elif wanted is not None and wanted.get("work") == "import":
        executions.import_contacts(wanted["account"], wanted["import"], wanted["at"])
