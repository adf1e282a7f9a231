"""Hand out due messages under a lease: no message to two phones, the same lease for the same claim."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.callbacks import Claim
from roost.domain.leases import LEASE_LIFETIME, MAX_JOBS, Grant, Lease, LeaseState, choose_grant
from roost.domain.messages import Message, MessageStatus, Priority, moved
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import get_lease, put_lease_once
from roost.storage.messages import change_message, claimable_ids, lease_message
from roost.storage.phones import list_phones
from roost.usecases.revoke_lease import revoke_lease


@dataclass(frozen=True, slots=True)
class Granted:
    """`again`: more is due than was granted, claim again at once."""

    lease: Lease | None = None
    jobs: tuple[Message, ...] = ()
    again: bool = False


def earlier_lease(deps: Deps, phone: Phone, claim: Claim) -> Lease | None:
    """The lease this claim got before, if its answer was lost."""
    return get_lease(deps.devices, phone.account, phone.number, claim.claim_id)


def repeat_grant(deps: Deps, lease: Lease) -> Granted:
    """What of a lease is still its phone's. A claim that died half way is completed here."""
    if lease.state is LeaseState.REVOKED:
        return Granted()
    return Granted(lease, _lease_jobs(deps, lease))


def grant_jobs(deps: Deps, phone: Phone, claim: Claim) -> Granted:
    """`phone.epoch` must be one no lease has: the caller took it with the write that recorded this call."""
    due = claimable_ids(deps.messages, phone.account, phone.number, MAX_JOBS + len(claim.have) + 1)
    due = [(priority, message_id) for priority, message_id in due if message_id not in claim.have]
    if not due or claim.most < 1:
        return Granted()
    priority = due[0][0]
    same_grant = [message_id for rank, message_id in due if (rank is Priority.URGENT) == (priority is Priority.URGENT)]
    chosen = tuple(same_grant[: min(claim.most, MAX_JOBS)])
    lease = put_lease_once(deps.devices, _new_lease(deps, phone, claim, priority, chosen), deps.now())
    urgent_went_alone = priority is Priority.URGENT and len(same_grant) < len(due)
    return Granted(lease, _lease_jobs(deps, lease), again=urgent_went_alone)


def revoke_overdue(deps: Deps, phone: Phone, claim: Claim) -> None:
    """The phone's previous lease, if it was never accepted in time: its jobs are due again before this claim looks."""
    if phone.last_claim in (None, claim.claim_id):
        return
    previous = get_lease(deps.devices, phone.account, phone.number, phone.last_claim or "")
    if previous and previous.state is LeaseState.OPEN and deps.now() > previous.until:
        revoke_lease(deps, previous)


def _new_lease(deps: Deps, phone: Phone, claim: Claim, priority: Priority, job_ids: tuple[int, ...]) -> Lease:
    now = deps.now()
    phones, _ = list_phones(deps.devices, phone.account)
    grant = choose_grant(priority, sum(other.may_send for other in phones))
    return Lease(
        account=phone.account,
        phone=phone.number,
        claim_id=claim.claim_id,
        epoch=phone.epoch,
        grant=grant,
        state=LeaseState.ACCEPTED if grant is Grant.DIRECT else LeaseState.OPEN,
        job_ids=job_ids,
        until=now + LEASE_LIFETIME,
        accepted_at=now if grant is Grant.DIRECT else None,
    )


def _lease_jobs(deps: Deps, lease: Lease) -> tuple[Message, ...]:
    now = deps.now()
    owner = (lease.phone, lease.epoch, lease.claim_id)
    leased = (lease_message(deps.messages, lease.account, message_id, owner, now) for message_id in lease.job_ids)
    return tuple(message for message in leased if message is not None and _still_in_time(deps, message, now))


def _still_in_time(deps: Deps, message: Message, now: int) -> bool:
    if now < message.expires_at:
        return True
    try:
        change_message(deps.messages, message, moved(message, MessageStatus.EXPIRED, now, error={"name": "too_late"}))
    except ConditionFailed:
        return False
    return False
