"""Move what waits for one phone to another."""

from __future__ import annotations

from dataclasses import replace

from roost.domain import ids
from roost.domain.attempts import reassigned
from roost.domain.errors import NoEligiblePhone
from roost.domain.messages import CLAIMABLE, Message, MessageStatus, moved, noted
from roost.domain.phones import Phone, choose_sim
from roost.domain.routing import choose_phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import change_message, get_message
from roost.storage.phones import change_cancels, list_phones

S = MessageStatus


def rebind_or_fail(deps: Deps, phone: Phone, message_id: int, others: list[Phone]) -> bool:
    """For a phone that will not come back. False when somebody else changed the message meanwhile."""
    message = _waiting(deps, phone, message_id)
    return message is not None and _write(deps, message, _for_another_or_failed(message, others, deps.now()))


def rebind_if_possible(deps: Deps, phone: Phone, message_id: int, others: list[Phone]) -> bool:
    """For a phone that is silent: only if another one is online, and never a message whose phone the caller chose."""
    message = _waiting(deps, phone, message_id)
    if message is None or message.pinned:
        return False
    try:
        other = choose_phone(others, deps.now(), online_only=True)
    except NoEligiblePhone:
        return False
    return _write(deps, message, _bound_to(message, other, deps.now(), "its phone is silent"))


def reassign(deps: Deps, phone: Phone, message: Message) -> bool:
    """Held by a silent phone, whose caller accepts a repeat: another phone that is online tries. The silent one is told
    to cancel, should it come back before it sent."""
    others = [other for other in list_phones(deps.devices, phone.account)[0] if other.number != phone.number]
    try:
        other = choose_phone(others, deps.now(), online_only=True)
    except NoEligiblePhone:
        return False
    change_cancels(deps.devices, phone, add=frozenset({message.id}))
    slot = choose_sim(other, None, "sim_slot")
    return _write(deps, message, reassigned(message, other.number, slot, deps.now()))


def _waiting(deps: Deps, phone: Phone, message_id: int) -> Message | None:
    message = get_message(deps.messages, phone.account, message_id, consistent=True)
    return message if message and message.phone == phone.number and message.status in CLAIMABLE else None


def _for_another_or_failed(message: Message, others: list[Phone], now: int) -> Message:
    """A message whose phone the caller chose leaves by no other: another phone is another sender."""
    if message.pinned:
        return moved(message, S.FAILED, now, error={"name": "phone_removed"})
    try:
        return _bound_to(message, choose_phone(others, now, online_only=False), now, "its phone was removed")
    except NoEligiblePhone:
        return moved(message, S.FAILED, now, error={"name": "no_phone_left"})


def _bound_to(message: Message, phone: Phone, now: int, reason: str) -> Message:
    """Due at once: the stream wakes the new phone."""
    told = noted(message, now, f"moved to {ids.spell('phn', phone.number)}: {reason}")
    bound = replace(told, phone=phone.number, sim_slot=choose_sim(phone, None, "sim_slot"))
    return bound if bound.status is S.DISPATCHING else moved(bound, S.DISPATCHING, now)


def _write(deps: Deps, before: Message, after: Message) -> bool:
    try:
        change_message(deps.messages, before, after)
    except ConditionFailed:
        return False
    return True
