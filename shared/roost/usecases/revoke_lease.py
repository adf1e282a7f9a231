"""Take back a lease that its phone never accepted: its jobs are due again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from roost.domain.leases import Lease, LeaseState
from roost.domain.messages import Message, MessageStatus
from roost.domain.reports import requeued
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import settle_lease
from roost.storage.messages import change_message, get_message
from roost.storage.phones import get_phone
from roost.usecases.lane_parts import bound_to
from roost.usecases.offers import take_back_offer


def revoke_lease(deps: Deps, lease: Lease) -> bool:
    """False when the phone accepted first: then nothing is taken back, whatever the clock says.

    Dying half way is repaired by calling it again: a revoked lease stays revoked, and its jobs are looked at anew.
    """
    if lease.is_offer:
        return take_back_offer(deps, lease)
    now = deps.now()
    if settle_lease(deps.devices, lease, LeaseState.REVOKED, now) is not LeaseState.REVOKED:
        return False
    for message in take_back_unwritten(deps, lease):
        if message.status is MessageStatus.LEASED and message.claim_id == lease.claim_id:
            _write(deps, message, requeued(message, now))
    return True


def take_back_unwritten(deps: Deps, lease: Lease, among: Collection[int] | None = None) -> list[Message]:
    """The jobs of a lease, or those `among` others, after every one that its claim took out of a lane and never wrote
    was put back into the queue of its phone. No answer ever held such a job: it is written before the answer."""
    jobs = [job_id for job_id in lease.job_ids if among is None or job_id in among]
    found = [get_message(deps.messages, lease.account, job_id, consistent=True) for job_id in jobs]
    for message in found:
        if message is not None and not message.is_written:
            _put_back(deps, lease, message)
    return [message for message in found if message is not None and message.is_written]


def _put_back(deps: Deps, lease: Lease, message: Message) -> None:
    """As if it had been leased and given back: that lease can never take it again, however late its claim wakes."""
    phone = get_phone(deps.devices, lease.account, lease.phone)
    if phone is None:
        return
    leased = replace(bound_to(message, phone), status=MessageStatus.LEASED, lease_epoch=lease.epoch)
    _write(deps, message, requeued(leased, deps.now()))


def _write(deps: Deps, before: Message, after: Message) -> None:
    """What somebody else changed meanwhile is no longer this lease's."""
    try:
        change_message(deps.messages, before, after)
    except ConditionFailed:
        return
