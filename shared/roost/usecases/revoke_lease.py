"""Take back a lease that its phone never accepted: its jobs are due again."""

from __future__ import annotations

from roost.domain.leases import Lease, LeaseState
from roost.domain.messages import MessageStatus
from roost.domain.reports import requeued
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import settle_lease
from roost.storage.messages import change_message, get_message


def revoke_lease(deps: Deps, lease: Lease) -> bool:
    """False when the phone accepted first: then nothing is taken back, whatever the clock says.

    Dying half way is repaired by calling it again: a revoked lease stays revoked, and its jobs are looked at anew.
    """
    now = deps.now()
    if settle_lease(deps.devices, lease, LeaseState.REVOKED, now) is not LeaseState.REVOKED:
        return False
    for message_id in lease.job_ids:
        message = get_message(deps.messages, lease.account, message_id, consistent=True)
        held = message is not None and message.status is MessageStatus.LEASED and message.claim_id == lease.claim_id
        if message is not None and held:
            try:
                change_message(deps.messages, message, requeued(message, now))
            except ConditionFailed:
                continue
    return True
