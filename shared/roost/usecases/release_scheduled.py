"""Make due what an account scheduled for a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from roost.domain.batches import LaneStatus
from roost.domain.errors import NoEligiblePhone, RecipientOptedOut
from roost.domain.messages import Message, MessageStatus, moved
from roost.domain.phones import Phone, choose_sim
from roost.domain.routing import choose_phone, first_status
from roost.runtime.deps import Deps
from roost.storage.batches import get_lane
from roost.storage.conditional import ConditionFailed
from roost.storage.lanes import change_lane
from roost.storage.messages import change_message, get_message
from roost.storage.phones import list_phones
from roost.storage.queues import Waiting, scheduled_for
from roost.usecases.close_lanes import close
from roost.usecases.standing import standing_with

S = MessageStatus
PAGE = 100


def release_minute(deps: Deps, account: str, minute: str) -> dict[str, Any]:
    """`{"released": n, "more": bool}`. Each message is released once, however often this is called."""
    phones, _ = list_phones(deps.devices, account)
    entries = scheduled_for(deps.messages, account, minute, PAGE)
    released = sum(_release(deps, account, entry, phones) for entry in entries)
    return {"released": released, "more": len(entries) == PAGE and released > 0}


def _release(deps: Deps, account: str, entry: Waiting, phones: list[Phone]) -> bool:
    if entry.lane is not None:
        return _release_lane(deps, account, entry, phones)
    message = get_message(deps.messages, account, entry.message_id, consistent=True)
    if message is None or message.status is not S.SCHEDULED:
        return False
    standing = standing_with(deps, account, message.peer)
    is_refused = standing.opted_out and not message.despite_opt_out
    after = _refused(message, deps.now()) if is_refused else _due(message, phones, standing.phone, deps.now())
    try:
        change_message(deps.messages, message, after)
    except ConditionFailed:
        return False
    return True


def _refused(message: Message, now: int) -> Message:
    """Its recipient answered STOP after it was scheduled."""
    return moved(message, S.FAILED, now, error={"name": RecipientOptedOut.code})


def _release_lane(deps: Deps, account: str, entry: Waiting, phones: list[Phone]) -> bool:
    """One write for all its messages. Dealt to a phone that may not send, it fails, as a single message does; a shared
    one waits for whoever comes."""
    lane = get_lane(deps.messages, account, entry.message_id, entry.lane or 0)
    if lane is None or lane.status is not LaneStatus.SCHEDULED:
        return False
    if lane.phone is not None and not any(phone.number == lane.phone and phone.may_send for phone in phones):
        return close(deps, lane, LaneStatus.FAILED, "no_eligible_phone")
    try:
        change_lane(deps.messages, lane, replace(lane, status=LaneStatus.DISPATCHING, released_at=deps.now()))
    except ConditionFailed:
        return False
    return True


def _due(message: Message, phones: list[Phone], familiar: int | None, now: int) -> Message:
    own = [phone for phone in phones if not message.pinned or phone.number == message.phone]
    try:
        phone = choose_phone(own, now, online_only=False, priority=message.priority, familiar=familiar)
    except NoEligiblePhone:
        return moved(message, S.FAILED, now, error={"name": "no_eligible_phone"})
    slot = message.sim_slot if message.pinned else choose_sim(phone, None, "sim_slot")
    bound = replace(message, phone=phone.number, sim_slot=slot)
    return moved(bound, first_status(phone, message.priority, now), now)
