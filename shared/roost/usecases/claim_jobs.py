"""Hand out due messages under a lease: no message to two phones, the same lease for the same claim, never off pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from roost.domain.callbacks import Callback, Claim
from roost.domain.errors import PhoneRemoved, TryLater
from roost.domain.instants import SECOND
from roost.domain.leases import HOLD, LEASE_LIFETIME, MAX_JOBS, Grant, Lease, LeaseState, choose_grant
from roost.domain.messages import Message, MessageStatus, Priority, moved
from roost.domain.pacing import Bookings, book, next_slot
from roost.domain.phone_config import poll_seconds
from roost.domain.phones import Phone
from roost.domain.ussd import ANSWER_TIMEOUT, is_ussd, ussd_held_up
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import get_lease, lease_item, put_lease_once
from roost.storage.messages import Waiting, change_message, lease_message, waiting_for
from roost.storage.phones import from_item, list_phones, update_phone
from roost.usecases.held_messages import held_of
from roost.usecases.revoke_lease import revoke_lease

TRIES = 4


@dataclass(frozen=True, slots=True)
class Granted:
    """`reoffers`: jobs the phone should hold but did not name; it is asked for their state."""

    phone: Phone
    next_poll_seconds: int
    lease: Lease | None = None
    jobs: tuple[Message, ...] = ()
    reoffers: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What one look into the queue leads to: a lease or none, and what to book for it."""

    lease: Lease | None
    booked: Bookings
    next_poll_seconds: int

    def changes(self) -> dict[str, Any]:
        if self.lease is None:
            return {}
        return {"epoch": self.lease.epoch, "booked": asdict(self.booked), "last_lease": lease_item(self.lease)}


def claim_jobs(deps: Deps, phone: Phone, call: Callback, claim: Claim, changes: Mapping[str, Any]) -> Granted:
    """`changes`: what this call changes on the phone's item anyway; they go with the same write.

    That write happens only if no work came since the phone was read: work that comes later finds no outstanding wake
    and sends one, so nothing is left waiting in between. Raises PhoneRemoved and TryLater.
    """
    if _is_late_copy(phone, call):
        return Granted(phone, poll_seconds(phone))
    held = phone.last_lease
    for _ in range(TRIES):
        earlier = phone.last_lease
        if earlier is not None and earlier.claim_id == claim.claim_id:
            return _repeat(deps, phone, earlier)
        _revoke_if_overdue(deps, phone)
        plan = _plan(deps, phone, claim)
        direct = _direct_jobs(deps, phone, claim, plan.lease)
        kept: dict[str, Any] = {"direct_jobs": set(direct)} if direct else {}
        gone = ("woken_at",) if direct else ("woken_at", "direct_jobs")
        expected = {"epoch": phone.epoch, "wakes": phone.wakes}
        try:
            merged = {**changes, **plan.changes(), **kept}
            phone = update_phone(deps.devices, phone, merged, remove=gone, expect=expected)
        except ConditionFailed as failure:
            phone = _fresh(failure)
            continue
        lease, jobs = _carry_out(deps, plan.lease) if plan.lease else (None, ())
        return Granted(phone, plan.next_poll_seconds, lease, jobs, _not_named(deps, phone, held, claim))
    raise TryLater


def _direct_jobs(deps: Deps, phone: Phone, claim: Claim, lease: Lease | None) -> frozenset[int]:
    """What the phone holds under `direct` grants after this claim: named by it, not settled by it, or new."""
    settled_or_lost = phone.direct_jobs - claim.have
    unsettled = {message.id for message in held_of(deps, phone, sorted(settled_or_lost))}
    new = lease.job_ids if lease is not None and lease.grant is Grant.DIRECT else ()
    return (phone.direct_jobs & claim.have) | unsettled | frozenset(new)


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


def _repeat(deps: Deps, phone: Phone, lease: Lease) -> Granted:
    """What of a lease is still its phone's. A claim that died half way is completed here."""
    lease, jobs = _carry_out(deps, lease)
    return Granted(phone, poll_seconds(phone), lease, jobs)


def _carry_out(deps: Deps, lease: Lease) -> tuple[Lease, tuple[Message, ...]]:
    """Write the lease down before its jobs: dying in between is repaired by the repeated claim."""
    now = deps.now()
    if lease.grant is Grant.CONFIRM:
        lease = put_lease_once(deps.devices, lease, now)
    if lease.state is LeaseState.REVOKED:
        return lease, ()
    pairs = zip(lease.job_ids, lease.slots, strict=True)
    leased = (lease_message(deps.messages, lease, message_id, slot, now) for message_id, slot in pairs)
    return lease, tuple(message for message in leased if message is not None and _still_in_time(deps, message, now))


def _still_in_time(deps: Deps, message: Message, now: int) -> bool:
    if now < message.expires_at:
        return True
    try:
        change_message(deps.messages, message, moved(message, MessageStatus.EXPIRED, now, error={"name": "too_late"}))
    except ConditionFailed:
        return False
    return False


def _plan(deps: Deps, phone: Phone, claim: Claim) -> Plan:
    now = deps.now()
    if not phone.may_send:
        return Plan(None, phone.booked, poll_seconds(phone))
    waiting = waiting_for(deps.messages, phone.account, phone.number, MAX_JOBS + len(claim.have) + 1)
    waiting = [entry for entry in waiting if entry.message_id not in claim.have]
    held_up = ussd_held_up([entry.message_id for entry in waiting], claim.have)
    waiting = [entry for entry in waiting if entry.message_id not in held_up]
    due = [entry for entry in waiting if entry.due_at <= now + HOLD]
    urgent = bool(due) and due[0].priority is Priority.URGENT
    group = [entry for entry in due if (entry.priority is Priority.URGENT) == urgent]
    fitting = _that_fit(group, claim)[: min(claim.most, MAX_JOBS)]
    chosen, booked = _with_slots(phone, fitting, now, urgent)
    lease = _new_lease(deps, phone, claim, chosen, now) if chosen else None
    taken = {entry.message_id for entry, _ in chosen}
    left = [entry for entry in waiting if entry.message_id not in taken]
    went_alone = urgent and len(due) > len(group)
    poll = _next_poll(replace(phone, booked=booked), left, now, at_once=went_alone)
    return Plan(lease, booked, min(poll, ANSWER_TIMEOUT // SECOND) if held_up else poll)


def _that_fit(group: list[Waiting], claim: Claim) -> list[Waiting]:
    """Those whose segments their own SIM still has room for; a phone never gets more than it said it can send."""
    room, fitting = dict(claim.room), []
    for entry in group:
        slot = entry.sim_slot
        if slot is None or slot not in room:
            fitting.append(entry)
        elif entry.segments <= room[slot]:
            room[slot] -= entry.segments
            fitting.append(entry)
    return fitting


def _with_slots(
    phone: Phone, group: list[Waiting], now: int, urgent: bool
) -> tuple[list[tuple[Waiting, int]], Bookings]:
    """Each entry with the instant it may leave, as long as the phone's pacing has room within what it may hold."""
    booked, chosen = phone.booked, []
    for entry in group:
        if is_ussd(entry.message_id):  # no text leaves, so no carrier counts it
            chosen.append((entry, now))
            continue
        slot = next_slot(phone.pacing, booked, phone.paired_at, now, entry.due_at, now + HOLD, urgent)
        if slot is None:
            break
        booked = book(phone.pacing, booked, now, slot, urgent)
        chosen.append((entry, slot))
    return chosen, booked


def _new_lease(deps: Deps, phone: Phone, claim: Claim, chosen: list[tuple[Waiting, int]], now: int) -> Lease:
    phones, _ = list_phones(deps.devices, phone.account)
    grant = choose_grant(chosen[0][0].priority, sum(other.may_send for other in phones))
    return Lease(
        account=phone.account,
        phone=phone.number,
        claim_id=claim.claim_id,
        epoch=phone.epoch + 1,
        grant=grant,
        state=LeaseState.ACCEPTED if grant is Grant.DIRECT else LeaseState.OPEN,
        job_ids=tuple(entry.message_id for entry, _ in chosen),
        slots=tuple(slot for _, slot in chosen),
        until=now + LEASE_LIFETIME,
        accepted_at=now if grant is Grant.DIRECT else None,
    )


def _next_poll(phone: Phone, left: list[Waiting], now: int, *, at_once: bool) -> int:
    """Seconds: at once behind an urgent job that went alone; else when something that still waits may be held."""
    if at_once:
        return 0
    usual = poll_seconds(phone)
    if not left:
        return usual
    opening = phone.opening(now).at
    claimable_at = max(opening, min(entry.due_at for entry in left)) - HOLD
    if claimable_at <= now < opening:
        claimable_at = opening
    return max(1, min(usual, -(-(claimable_at - now) // SECOND)))


def _revoke_if_overdue(deps: Deps, phone: Phone) -> None:
    """The phone's previous lease, if it was never accepted in time: its jobs are due again before this claim looks."""
    lease = phone.last_lease
    if lease is None or lease.grant is Grant.DIRECT or deps.now() <= lease.until:
        return
    record = get_lease(deps.devices, lease.account, lease.phone, lease.claim_id)
    if record is not None and record.state is not LeaseState.ACCEPTED:
        revoke_lease(deps, record)


def _not_named(deps: Deps, phone: Phone, lease: Lease | None, claim: Claim) -> tuple[Message, ...]:
    """Jobs of the previous lease that the phone accepted and did not name in `have` (protocol §13)."""
    if lease is None:
        return ()
    missing = [message_id for message_id in lease.job_ids if message_id not in claim.have]
    open_states = (MessageStatus.ACCEPTED, MessageStatus.SENDING)
    # Only what is still under that lease: a job given back in this very call may be granted anew.
    held = [message for message in held_of(deps, phone, missing) if message.lease_epoch == lease.epoch]
    accepted = lease.grant is Grant.DIRECT or any(message.status is MessageStatus.SENDING for message in held)
    if held and not accepted:
        record = get_lease(deps.devices, lease.account, lease.phone, lease.claim_id)
        accepted = record is not None and record.state is LeaseState.ACCEPTED
    return tuple(message for message in held if accepted or message.status in open_states)
