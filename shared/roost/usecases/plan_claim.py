"""What one look into the queues leads to: which jobs a claim gets, and when each may leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import takewhile
from typing import Any

from roost.domain.callbacks import Claim
from roost.domain.instants import SECOND
from roost.domain.leases import HOLD, LEASE_LIFETIME, MAX_JOBS, Grant, Lease, LeaseState, can_be_offered, choose_grant
from roost.domain.messages import Message, Priority
from roost.domain.pacing import Bookings, book, next_slot
from roost.domain.phone_config import poll_seconds, runs_out
from roost.domain.phones import Phone
from roost.domain.ussd import ANSWER_TIMEOUT, is_ussd, ussd_held_up
from roost.runtime.deps import Deps
from roost.storage.campaigns import gives_out
from roost.storage.messages import get_message
from roost.storage.phones import another_may_send, newest_lease_item
from roost.storage.queues import Waiting, waiting_for, waiting_for_any
from roost.usecases.lane_parts import LanePart, of_lane, part_of

LANES_SEEN = 20
"""Of the shared lanes a look sees the first: as many as one read unit of an index holds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A lease or none, what to book for it, and the part of a lane that goes with it. `offered`: the one job of an
    offer."""

    lease: Lease | None
    booked: Bookings
    next_poll_seconds: int
    part: LanePart | None = None
    offered: Message | None = None

    def changes(self) -> dict[str, Any]:
        if self.lease is None:
            return {}
        return {"epoch": self.lease.epoch, "booked": asdict(self.booked), "last_lease": newest_lease_item(self.lease)}


def plan_claim(deps: Deps, phone: Phone, claim: Claim) -> Plan:
    """Reads only. The phone's own work and what any phone may take are one row; at most one lane goes with a claim, and
    nothing that stands behind it."""
    now = deps.now()
    if not phone.may_send:
        return Plan(None, phone.booked, poll_seconds(phone))
    waiting, held_up = _waiting(deps, phone, claim, now)
    due = [entry for entry in waiting if entry.due_at <= now + HOLD]
    urgent = bool(due) and due[0].priority is Priority.URGENT
    group = [entry for entry in due if (entry.priority is Priority.URGENT) == urgent]
    alone = list(takewhile(lambda entry: entry.lane is None, group))
    fitting = _that_fit(alone, claim)[: min(claim.most, MAX_JOBS)]
    lane, entries = None, []
    if len(alone) < len(group) and (urgent or runs_out(phone, now)):
        room = min(claim.most, MAX_JOBS) - len(fitting)
        behind = _count_behind(group[len(alone) :])
        lane, messages = of_lane(deps, phone, group[len(alone)], room, behind)
        entries = _in_turn([_entry_of(message) for message in messages], fitting, claim)
    chosen, booked = _with_slots(phone, [*fitting, *entries], now, urgent)
    lease = _new_lease(deps, phone, claim, chosen, now) if chosen else None
    pulled = sum(entry in entries for entry, _ in chosen)
    part = part_of(lane, messages[:pulled]) if lane is not None else None
    offered = _to_offer(deps, lease, now) if lease is not None and part is None else None
    if lease is not None and offered is not None:
        lease = replace(lease, revision=offered.revision)
    left = _left(waiting, chosen, part)
    went_alone = urgent and len(due) > len(group)
    poll = _next_poll(replace(phone, booked=booked), left, now, at_once=went_alone)
    return Plan(lease, booked, min(poll, ANSWER_TIMEOUT // SECOND) if held_up else poll, part, offered)


def _waiting(deps: Deps, phone: Phone, claim: Claim, now: int) -> tuple[list[Waiting], bool]:
    """And whether a USSD code has to wait for the one before it. An overdue lane holds nobody up until the sweep closes
    it."""
    is_on = _campaigns_on(deps, phone.account)
    own = waiting_for(deps.messages, phone.account, phone.number, MAX_JOBS + len(claim.have) + 1, is_on)
    held_up = ussd_held_up([entry.message_id for entry in own if entry.message_id not in claim.have], claim.have)
    own = [entry for entry in own if entry.message_id not in held_up]
    everybodys = waiting_for_any(deps.messages, phone.account, LANES_SEEN)
    entries = [
        entry
        for entry in [*own, *everybodys]
        if (now < entry.expires_at if entry.lane is not None else entry.message_id not in claim.have)
    ]
    return sorted(entries, key=lambda entry: entry.rank), bool(held_up)


def _campaigns_on(deps: Deps, account: str) -> Callable[[Waiting], bool]:
    """False for what came back of a campaign that is paused or canceled. Each is asked about once, if a message of it
    waits."""
    gives = cache(lambda campaign: gives_out(deps.contacts, account, campaign))
    return lambda entry: entry.campaign is None or gives(entry.campaign)


def _count_behind(group: list[Waiting]) -> int | None:
    """How many messages stand in lanes behind the first entry; None when there may be more lanes than were seen."""
    lanes = [entry for entry in group if entry.lane is not None]
    return sum(entry.lane_count for entry in lanes[1:]) if len(lanes) < LANES_SEEN else None


def _entry_of(message: Message) -> Waiting:
    return Waiting(message.priority, message.due_at, message.id, message.segments, message.expires_at, message.sim_slot)


def _in_turn(entries: list[Waiting], before: list[Waiting], claim: Claim) -> list[Waiting]:
    """A lane is taken from its front: what stands behind one that does not fit waits, too."""
    fitting = _that_fit([*before, *entries], claim)
    return list(takewhile(lambda entry: entry in fitting, entries))


def _left(waiting: list[Waiting], chosen: list[tuple[Waiting, int]], part: LanePart | None) -> list[Waiting]:
    """What still waits when this claim has taken its share."""
    taken = [entry for entry, _ in chosen]
    left = [entry for entry in waiting if entry not in taken]
    if part is None or part.after.left:
        return left
    used_up = (part.after.base, part.after.number)
    return [entry for entry in left if (entry.message_id, entry.lane) != used_up]


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
    """Each entry with the instant it may leave, as long as the phone's pacing has room within what it may hold. What is
    past its deadline is taken, too, and ended by the lease; whose turn comes too late holds up nobody behind it."""
    booked, chosen = phone.booked, []
    for entry in group:
        if is_ussd(entry.message_id) or now >= entry.expires_at:  # no text leaves, so no carrier counts it
            chosen.append((entry, now))
            continue
        slot = next_slot(phone.pacing, booked, phone.paired_at, now, entry.due_at, now + HOLD, urgent)
        if slot is None:
            break
        if slot >= entry.expires_at:
            continue
        booked = book(phone.pacing, booked, now, slot, urgent)
        chosen.append((entry, slot))
    return chosen, booked


def _new_lease(deps: Deps, phone: Phone, claim: Claim, chosen: list[tuple[Waiting, int]], now: int) -> Lease:
    grant = choose_grant(chosen[0][0].priority, alone=not another_may_send(deps.devices, phone))
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


def _to_offer(deps: Deps, lease: Lease, now: int) -> Message | None:
    """The job of a lease that can stand on the phone's item alone; without it the lease gets a record."""
    if lease.grant is Grant.DIRECT or len(lease.job_ids) > 1:
        return None
    message = get_message(deps.messages, lease.account, lease.job_ids[0], consistent=True)
    return message if message is not None and can_be_offered(message, lease.phone, now) else None


def _next_poll(phone: Phone, left: list[Waiting], now: int, *, at_once: bool) -> int:
    """Seconds: at once behind an urgent job that went alone; else when something that still waits may be held."""
    if at_once:
        return 0
    usual, opening = poll_seconds(phone), phone.opening(now).at
    claimable = [
        max(opening, entry.due_at) - _taken_before(entry)
        for entry in left
        if max(opening, entry.due_at) < entry.expires_at
    ]
    if not claimable:
        return usual
    claimable_at = min(claimable)
    if claimable_at <= now < opening:
        claimable_at = opening
    return max(1, min(usual, -(-(claimable_at - now) // SECOND)))


def _taken_before(entry: Waiting) -> int:
    """So long before it may leave a phone is called back for a job, in milliseconds; of a batch it takes parts when it
    calls anyway."""
    return HOLD if entry.lane is None or entry.priority is Priority.URGENT else 0
