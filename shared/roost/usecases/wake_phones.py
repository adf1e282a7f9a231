"""Push a phone that has work due: a hint to call, nothing more (protocol §17)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from roost.domain.phones import Phone
from roost.domain.pushes import PushResult
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import forget_wake, get_phone, mark_woken, push_item, update_phone

if TYPE_CHECKING:  # the library behind it is in one function's layer only
    from roost.outbound.fcm import Fcm


def wake_phone(deps: Deps, push: Fcm, account: str, number: int) -> PushResult | None:
    """None when no push was due: no address, disabled, or a wake is already on its way.

    A failed push fails no message: the phone's next poll fetches it.
    """
    phone = get_phone(deps.devices, account, number)
    if phone is None or not phone.may_send or phone.push is None or phone.push.state != "ok":
        return None
    now = deps.now()
    if phone.push.provider != "fcm" or not mark_woken(deps.devices, phone, now):
        return None
    result = push.wake(phone.push.value, nonce=deps.entropy(4).hex())
    if result is not PushResult.ACCEPTED:
        forget_wake(deps.devices, phone, now)
    if result in (PushResult.LOST, PushResult.MISCONFIGURED):
        _mark_push(deps, phone, result)
    return result


def _mark_push(deps: Deps, phone: Phone, result: PushResult) -> None:
    """Shown to the owner; the next registration of the phone clears it."""
    if phone.push is None:
        return
    try:
        update_phone(deps.devices, phone, {"push": push_item(replace(phone.push, state=result.value))})
    except ConditionFailed:
        return
