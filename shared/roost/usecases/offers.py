"""Offers: leases of one job that stand on the phone's item alone (decision 0030). Nothing is written on the job until
its phone accepts, or until somebody takes it back: whoever changes the job first has it."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.leases import Lease, as_offered
from roost.domain.messages import Message, MessageStatus, moved
from roost.domain.phones import Phone
from roost.domain.reports import requeued
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import put_lease_once
from roost.storage.messages import change_message, get_message


def offered_job(deps: Deps, lease: Lease) -> Message | None:
    """The job of an offer as its phone has it, also when it was accepted meanwhile; None if it is no longer its own."""
    message, leased = _read(deps, lease)
    if message is None or leased is not None:
        return leased
    is_held = message.status in (MessageStatus.LEASED, MessageStatus.ACCEPTED)
    return message if is_held and (message.phone, message.lease_epoch) == (lease.phone, lease.epoch) else None


def accept_offer(deps: Deps, phone: Phone, message: Message, epoch: int) -> bool:
    """False if this message is not what the newest lease of the phone offers, under that epoch. Raises ConditionFailed
    if somebody changed it since it was read."""
    lease = phone.last_lease
    if lease is None or not lease.is_offer or (lease.epoch, lease.job_ids) != (epoch, (message.id,)):
        return False
    leased = as_offered(message, lease)
    if leased is None:
        return False
    change_message(deps.messages, message, moved(leased, MessageStatus.ACCEPTED, deps.now()))
    return True


def take_back_offer(deps: Deps, lease: Lease) -> bool:
    """Due again, and no acceptance counts any more. False if there was nothing to take back."""
    message, leased = _read(deps, lease)
    return message is not None and leased is not None and _write(deps, message, requeued(leased, deps.now()))


def write_down_offer(deps: Deps, lease: Lease) -> None:
    """As a lease of several jobs is: before another takes its place on the phone's item. The record comes first, so
    that a leased job always finds it."""
    message, leased = _read(deps, lease)
    if message is not None and leased is not None:
        put_lease_once(deps.devices, replace(lease, revision=None), deps.now())
        _write(deps, message, leased)


def _read(deps: Deps, lease: Lease) -> tuple[Message | None, Message | None]:
    message = get_message(deps.messages, lease.account, lease.job_ids[0], consistent=True)
    return message, as_offered(message, lease) if message is not None else None


def _write(deps: Deps, before: Message, after: Message) -> bool:
    try:
        change_message(deps.messages, before, after)
    except ConditionFailed:
        return False
    return True
