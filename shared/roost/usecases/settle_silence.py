"""What becomes of messages whose phone does not answer for them."""

from __future__ import annotations

from roost.domain.attempts import reassign_at
from roost.domain.batches import LaneStatus
from roost.domain.instants import MINUTE
from roost.domain.leases import LeaseState
from roost.domain.messages import Message, MessageStatus, moved
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import change_message, get_message
from roost.storage.queues import Waiting, waiting_for
from roost.usecases.close_lanes import close_lane
from roost.usecases.held_messages import held_messages, unaccepted_leases
from roost.usecases.rebind_messages import reassign
from roost.usecases.revoke_lease import revoke_lease, take_back_unwritten

GRACE = 10 * MINUTE
"""After its deadline a held message still gets this long for its phone's report (protocol §13)."""

MOST_WAITING = 500


def lose_storage(deps: Deps, phone: Phone) -> None:
    """The phone's database was wiped or restored: whether what it held was sent is not known to anybody."""
    for message in held_messages(deps, phone):
        mark_unknown(deps, message, "storage_lost")


def settle_overdue(deps: Deps, phone: Phone, waiting: list[Waiting] | None = None) -> int | None:
    """Enforce every deadline of what a phone holds or should fetch; the instant of the next one, None if nothing is
    open. `waiting`: its queue as it was before `phone` was read; only so is None certain."""
    now = deps.now()
    held = held_messages(deps, phone)
    deadlines = _take_back_unaccepted(deps, phone, held)
    if waiting is None:
        waiting = waiting_for(deps.messages, phone.account, phone.number, MOST_WAITING)
    for entry in waiting:
        if now < entry.expires_at:
            deadlines.append(_answer_due(phone, entry, now) or entry.expires_at)
        elif entry.lane is not None:
            close_lane(deps, phone.account, entry, LaneStatus.EXPIRED, "too_late")
        elif message := get_message(deps.messages, phone.account, entry.message_id, consistent=True):
            _expire(deps, message, now)
    for message in held:
        if now >= message.expires_at + GRACE:
            mark_unknown(deps, message, "phone_silent")
            continue
        deadlines.append(message.expires_at + GRACE)
        reassign_due = reassign_at(message, phone.seen_at)
        if reassign_due is not None and now < reassign_due:
            deadlines.append(reassign_due)
        elif reassign_due is not None and now < message.expires_at:
            reassign(deps, phone, message)
    return min(deadlines, default=None)


def _answer_due(phone: Phone, entry: Waiting, now: int) -> int | None:
    """Until when the phone may accept what it is offered, if `entry` is that."""
    offer = phone.last_lease
    if offer is None or not offer.is_offer or entry.message_id not in offer.job_ids or now > offer.until:
        return None
    return min(offer.until, entry.expires_at)


def _take_back_unaccepted(deps: Deps, phone: Phone, held: list[Message]) -> list[int]:
    """Leases it did not accept in time. A revocation that was cut short is completed. When those end that it may still
    accept."""
    still_open = []
    for lease in unaccepted_leases(deps, phone, held):
        if lease.state is LeaseState.REVOKED or deps.now() > lease.until:
            revoke_lease(deps, lease)
        else:
            still_open.append(lease.until)
    newest = phone.last_lease
    if newest is not None and deps.now() > newest.until:
        if newest.is_offer:
            revoke_lease(deps, newest)
        else:
            take_back_unwritten(deps, newest)
    return still_open


def mark_unknown(deps: Deps, message: Message, reason: str) -> None:
    """Not sent again by default. The phone's own late report still settles it."""
    if not message.can_move_to(MessageStatus.UNKNOWN):
        return
    _write(deps, message, moved(message, MessageStatus.UNKNOWN, deps.now(), error={"name": reason}))


def _expire(deps: Deps, message: Message, now: int) -> None:
    if message.can_move_to(MessageStatus.EXPIRED):
        _write(deps, message, moved(message, MessageStatus.EXPIRED, now, error={"name": "too_late"}))


def _write(deps: Deps, before: Message, after: Message) -> None:
    try:
        change_message(deps.messages, before, after)
    except ConditionFailed:
        return
