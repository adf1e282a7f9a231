"""Hand out due messages under a lease: no message to two phones, the same lease for the same claim, never off pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roost.domain.batches import is_of_batch
from roost.domain.callbacks import Callback, Claim
from roost.domain.errors import PhoneRemoved, TryLater
from roost.domain.instants import MINUTE, minute_of
from roost.domain.leases import LEASE_LIFETIME, Grant, Lease, LeaseState, as_offered
from roost.domain.messages import HELD, Message, MessageStatus, moved
from roost.domain.phone_config import poll_seconds
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.checks import Check, next_turn, put_check
from roost.storage.conditional import ConditionFailed
from roost.storage.lanes import LaneMoved, lane_change_write, phone_write
from roost.storage.leases import get_lease, put_lease_once
from roost.storage.messages import change_message, get_message, lease_message, lease_unwritten
from roost.storage.phones import from_item, get_phone, held_item, phone_update, update_phone
from roost.storage.transactions import WriteConflict, commit
from roost.storage.wakes import WAKE
from roost.usecases.held_messages import still_open
from roost.usecases.known_calls import is_known
from roost.usecases.lane_parts import LanePart, bound_to
from roost.usecases.offers import offered_job, write_down_offer
from roost.usecases.plan_claim import Plan, plan_claim
from roost.usecases.revoke_lease import revoke_lease, take_back_unwritten
from roost.usecases.withdraw_messages import without_opted_out

TRIES = 4

LOOK_AT_HELD_EVERY = 30 * MINUTE
"""A phone that holds something, the first time after its lease from a lane has ended. Each look plans the next no later
than the first deadline that it sees."""


@dataclass(frozen=True, slots=True)
class Granted:
    """`reoffers`: jobs the phone should hold but did not name; it is asked for their state."""

    phone: Phone
    next_poll_seconds: int
    lease: Lease | None = None
    jobs: tuple[Message, ...] = ()
    reoffers: tuple[Message, ...] = ()


def claim_jobs(
    deps: Deps, phone: Phone, call: Callback, claim: Claim, changes: Mapping[str, Any], settled: frozenset[int]
) -> Granted:
    """`changes`: what this call changes on the phone's item anyway; they go with the same write. `settled`: messages
    that this call's reports brought to their end.

    That write happens only if no work came since the phone was read: work that comes later finds no outstanding wake
    and sends one, so nothing is left waiting in between. Raises PhoneRemoved and TryLater.
    """
    for _ in range(TRIES):
        if _is_late_copy(phone, call):
            return Granted(phone, poll_seconds(phone))
        earlier = phone.last_lease
        if earlier is not None and earlier.claim_id == claim.claim_id:
            return _repeat(deps, phone, earlier)
        _settle_unaccepted(deps, phone)
        missing = _not_named(deps, phone, claim, settled)
        plan = plan_claim(deps, phone, claim)
        jobs_held = _held_after(deps, phone, claim, settled, plan.lease)
        if _finds_nothing(phone, plan, jobs_held) and is_known(phone, call, changes, deps.now()):
            return Granted(phone, plan.next_poll_seconds, reoffers=missing)
        kept: dict[str, Any] = {"holds": held_item(jobs_held)} if jobs_held else {}
        gone = (*WAKE, "held_jobs") if jobs_held else (*WAKE, "held_jobs", "holds")
        try:
            phone = _write_down(deps, phone, plan, {**changes, **plan.changes(), **kept}, gone)
        except ConditionFailed as failure:
            phone = _fresh(failure)
            continue
        except (LaneMoved, WriteConflict):
            continue
        lease, jobs = _granted(deps, phone, plan)
        return Granted(phone, plan.next_poll_seconds, lease, jobs, missing)
    raise TryLater


def _finds_nothing(phone: Phone, plan: Plan, jobs_held: frozenset[int]) -> bool:
    """No lease, no wake that it answers, and nothing held that the phone's item does not name already."""
    return plan.lease is None and phone.woken_at is None and jobs_held <= phone.held_jobs


def _write_down(deps: Deps, phone: Phone, plan: Plan, changes: dict[str, Any], gone: tuple[str, ...]) -> Phone:
    """The phone's item, and with it the cursor of a lane: whatever left a lane stands in a lease that names it. The
    check entry comes first, because nothing else tells the sweep that this phone holds something."""
    expected = {"epoch": phone.epoch, "wakes": phone.wakes}
    if plan.part is None:
        return update_phone(deps.devices, phone, changes, remove=gone, expect=expected)
    check = Check(phone.account, phone.number)
    minute = minute_of(_first_look(check, plan.part, deps.now()))
    # The sweep looks at a minute when it is over: one entry is enough for all claims until then.
    if phone.checked_in != minute:
        put_check(deps.devices, minute, check, ahead=True)
    update = phone_update(phone, {**changes, "checked_in": minute}, remove=gone, expect=expected)
    lane = lane_change_write(deps.messages, plan.part.before, plan.part.after)
    commit(deps.messages, phone_write(deps.devices, update), lane)
    return get_phone(deps.devices, phone.account, phone.number, consistent=True) or phone


def _first_look(check: Check, part: LanePart, now: int) -> int:
    """At the phone's next turn after the lease has ended, or so early that another phone can still be in time."""
    ended, turn = now + LEASE_LIFETIME, next_turn(check, now + LEASE_LIFETIME, LOOK_AT_HELD_EVERY)
    return ended + MINUTE if min(message.expires_at for message in part.messages) < turn else turn


def _held_after(deps: Deps, phone: Phone, claim: Claim, settled: frozenset[int], lease: Lease | None) -> frozenset[int]:
    """What the phone holds after this claim: named by it, not settled by anybody, or new. Written with the claim and
    before its jobs are leased, so whatever is leased to the phone is found on its item."""
    not_named = phone.held_jobs - claim.have - settled
    new = lease.job_ids if lease is not None else ()
    return (phone.held_jobs & claim.have) | still_open(deps, phone, sorted(not_named)) | frozenset(new)


def _is_late_copy(phone: Phone, call: Callback) -> bool:
    """An old request that the network delivers again: its answer goes nowhere, so it must lease nothing."""
    if phone.heard is None:
        return False
    if call.heard.boot_id == phone.heard.boot_id:
        return call.heard.elapsed < phone.heard.elapsed
    return call.heard.boot_id in phone.boot_offsets


def _fresh(failure: ConditionFailed) -> Phone:
    if failure.item is None or "removed_at" in failure.item:
        raise PhoneRemoved
    return from_item(failure.item)


def _granted(deps: Deps, phone: Phone, plan: Plan) -> tuple[Lease | None, tuple[Message, ...]]:
    if plan.lease is None:
        return None, ()
    if plan.offered is not None:
        return plan.lease, _offered(deps, as_offered(plan.offered, plan.lease))
    return _carry_out(deps, phone, plan.lease, plan.part)


def _repeat(deps: Deps, phone: Phone, lease: Lease) -> Granted:
    """What of a lease is still its phone's. A claim that died half way is completed here."""
    if lease.is_offer:
        return Granted(phone, poll_seconds(phone), lease, _offered(deps, offered_job(deps, lease)))
    lease, jobs = _carry_out(deps, phone, lease)
    return Granted(phone, poll_seconds(phone), lease, jobs)


def _offered(deps: Deps, job: Message | None) -> tuple[Message, ...]:
    if job is None:
        return ()
    return without_opted_out(deps, (job,)) if job.status is MessageStatus.LEASED else (job,)


def _carry_out(
    deps: Deps, phone: Phone, lease: Lease, part: LanePart | None = None
) -> tuple[Lease, tuple[Message, ...]]:
    """Write the lease down before its jobs: dying in between is repaired by the repeated claim."""
    now = deps.now()
    if lease.grant is Grant.CONFIRM:
        lease = put_lease_once(deps.devices, lease, now)
    if lease.state is LeaseState.REVOKED:
        return lease, ()
    fresh = {message.id: message for message in part.messages} if part else {}
    pairs = zip(lease.job_ids, lease.slots, strict=True)
    leased = (_lease_job(deps, phone, lease, job_id, fresh.get(job_id), slot) for job_id, slot in pairs)
    in_time = (message for message in leased if message is not None and _still_in_time(deps, message, now))
    return lease, without_opted_out(deps, in_time)


def _lease_job(deps: Deps, phone: Phone, lease: Lease, job_id: int, fresh: Message | None, slot: int) -> Message | None:
    """`fresh`: the job as it comes out of a lane. Of a repeated claim the lane is asked again if the job is no item."""
    now = deps.now()
    if fresh is None and is_of_batch(job_id):
        found = get_message(deps.messages, lease.account, job_id, consistent=True)
        fresh = bound_to(found, phone) if found is not None and not found.is_written else None
    if fresh is not None:
        return lease_unwritten(deps.messages, lease, fresh, slot, now)
    return lease_message(deps.messages, lease, job_id, slot, now)


def _still_in_time(deps: Deps, message: Message, now: int) -> bool:
    if now < message.expires_at:
        return True
    try:
        change_message(deps.messages, message, moved(message, MessageStatus.EXPIRED, now, error={"name": "too_late"}))
    except ConditionFailed:
        return False
    return False


def _settle_unaccepted(deps: Deps, phone: Phone) -> None:
    """The phone's previous lease: if it was never accepted in time, its jobs are due again before this claim looks. An
    offer that may still be accepted is written down, because this claim may put another lease in its place."""
    lease = phone.last_lease
    if lease is None or lease.grant is Grant.DIRECT:
        return
    if deps.now() > lease.until:
        _revoke_open(deps, lease)
    elif lease.is_offer:
        write_down_offer(deps, lease)


def _revoke_open(deps: Deps, lease: Lease) -> None:
    if lease.is_offer and revoke_lease(deps, lease):
        return
    record = get_lease(deps.devices, lease.account, lease.phone, lease.claim_id)
    if record is not None and record.state is not LeaseState.ACCEPTED:
        revoke_lease(deps, record)


def _not_named(deps: Deps, phone: Phone, claim: Claim, settled: frozenset[int]) -> tuple[Message, ...]:
    """Jobs of the previous lease that the phone accepted and did not name in `have` (protocol §13). What no claim
    lived to write down is due again. What the phone's item does not name any more was seen settled, and is not read."""
    lease = phone.last_lease
    if lease is None:
        return ()
    missing = take_back_unwritten(deps, lease, phone.held_jobs - claim.have - settled)
    open_states = (MessageStatus.ACCEPTED, MessageStatus.SENDING)
    # Only what is still under that lease: a job given back in this very call may be granted anew.
    held = [message for message in missing if message.status in HELD and message.phone == phone.number]
    held = [message for message in held if message.lease_epoch == lease.epoch]
    accepted = lease.grant is Grant.DIRECT or any(message.status is MessageStatus.SENDING for message in held)
    if held and not accepted:
        record = get_lease(deps.devices, lease.account, lease.phone, lease.claim_id)
        accepted = record is not None and record.state is LeaseState.ACCEPTED
    return tuple(message for message in held if accepted or message.status in open_states)
