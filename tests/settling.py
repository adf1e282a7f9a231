"""What the stream of the messages table would bring to `dispatch_changes`, told from the table."""

from __future__ import annotations

from roost.storage.messages import get_message
from roost.usecases.dispatch_changes import ChangedMessage
from tests.in_role import dispatch_changes
from tests.roost_fixtures import Tenant


def play_stream(tenant: Tenant, spelled: str) -> None:
    """The record of a message as it stands. Lambda may bring it twice."""
    message = get_message(tenant.deps.messages, tenant.account.id, int(spelled.removeprefix("msg_")))
    assert message is not None
    refunded = message.charge.refunded if message.charge else None
    change = ChangedMessage("1", tenant.account.id, message.id, message.status, message.due_at, refunded=refunded)
    assert dispatch_changes(tenant.deps, None, None, [change]) == []  # type: ignore[arg-type]
