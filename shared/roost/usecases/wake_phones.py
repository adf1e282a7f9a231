"""Push a phone that has work due: a hint to call, nothing more (protocol §17)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from roost.domain.messages import Priority
from roost.domain.phones import Phone
from roost.domain.pushes import PushResult
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import add_wake, forget_wake, get_phone, push_item, take_push, update_phone

if TYPE_CHECKING:  # the library behind it is in one function's layer only
    from roost.outbound.fcm import Fcm


STAYS_OUTSTANDING = frozenset({PushResult.ACCEPTED, PushResult.THROTTLED})
"""A throttled push is made up for by recovery, later; asking again at once is what was refused."""


def wake_phone(
    deps: Deps, push: Fcm | None, account: str, number: int, priority: Priority = Priority.NORMAL
) -> PushResult | None:
    """None when no push was due: no address, disabled, or a wake is already on its way; an urgent job starts that anew.

    A failed push fails no message: the phone's next poll fetches it.
    """
    phone = get_phone(deps.devices, account, number)
    if phone is None or phone.removed_at is not None:
        return None
    now = deps.now()
    outstanding = add_wake(deps.devices, phone, now)
    if push is None or not phone.may_send or not phone.can_be_pushed:
        return None
    if outstanding is not None and not (
        priority is Priority.URGENT and take_push(deps.devices, phone, outstanding, now, restart=True)
    ):
        return None
    result = push_now(deps, push, phone, priority)
    if result not in STAYS_OUTSTANDING:
        forget_wake(deps.devices, phone, now)
    return result


def push_now(deps: Deps, push: Fcm, phone: Phone, priority: Priority) -> PushResult:
    """Push whatever was pushed before; what the answer says of the address is kept for the owner to see.

    Bulk work waits until a dozing phone wakes by itself: what is pushed high too often, Android holds back (§17).
    """
    if phone.push is None:
        return PushResult.LOST
    result = push.wake(phone.push.value, nonce=deps.entropy(4).hex(), at_once=priority is not Priority.BULK)
    if result in (PushResult.LOST, PushResult.MISCONFIGURED):
        _mark_push(deps, phone, result)
    return result


def _mark_push(deps: Deps, phone: Phone, result: PushResult) -> None:
    """Shown to the owner; the next registration of the phone clears it."""
    if phone.push is None:
        return
    refused, marked = push_item(phone.push), push_item(replace(phone.push, state=result.value))
    with suppress(ConditionFailed):  # it registered anew while the old address was being refused
        update_phone(deps.devices, phone, {"push": marked}, expect={"push": refused})
