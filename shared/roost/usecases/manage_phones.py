"""List, change and remove phones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from roost.domain import ids
from roost.domain.errors import InvalidRequest, NoEligiblePhone, NotFound
from roost.domain.messages import Message, MessageStatus, moved, noted
from roost.domain.phones import Phone, choose_phone, choose_sim
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import change_message, claimable_ids, get_message
from roost.storage.phones import (
    TOMBSTONE_SECONDS,
    clear_primary,
    get_phone,
    list_phones,
    set_primary,
    update_phone,
)

BATCH = 100


@dataclass(frozen=True, slots=True)
class PhoneChange:
    """None leaves a setting as it is. `default_sim`: a slot of the phone."""

    name: str | None = None
    enabled: bool | None = None
    primary: bool | None = None
    default_sim: int | None = None


def list_account_phones(deps: Deps, account: str) -> tuple[list[Phone], int | None]:
    """The phones of an account and the number of its primary."""
    return list_phones(deps.devices, account)


def find_phone(deps: Deps, account: str, number: int | None) -> Phone:
    """Raises NotFound, for a removed phone too."""
    phone = get_phone(deps.devices, account, number, consistent=True) if number is not None else None
    if phone is None or phone.removed_at is not None:
        raise NotFound("No such phone: GET /v1/phones lists yours")
    return phone


def change_phone(deps: Deps, account: str, number: int | None, change: PhoneChange) -> Phone:
    """Raises NotFound and InvalidRequest; then nothing is changed."""
    phone = find_phone(deps, account, number)
    if change.primary is False:
        raise InvalidRequest.of("primary", "make another phone primary instead: an account has exactly one")
    if change.default_sim is not None:
        choose_sim(phone, change.default_sim, "default_sim")
    wanted: dict[str, Any] = {"name": change.name, "enabled": change.enabled, "default_sim": change.default_sim}
    changes = {name: value for name, value in wanted.items() if value is not None}
    try:
        phone = update_phone(deps.devices, phone, changes) if changes else phone
    except ConditionFailed:
        raise NotFound from None
    if change.primary:
        set_primary(deps.devices, account, phone.number)
    return phone


def unpair_phone(deps: Deps, phone: Phone) -> None:
    """The phone's token answers 410 from now on; what waited for it goes to another phone, or fails and says why."""
    now = deps.now()
    removed = {"removed_at": now, "ttl": now // 1_000 + TOMBSTONE_SECONDS}
    with suppress(ConditionFailed):
        update_phone(deps.devices, phone, removed, remove=("push", "woken_at"))
    remaining, _ = list_phones(deps.devices, phone.account)
    others = [other for other in remaining if other.number != phone.number]
    clear_primary(deps.devices, phone.account, phone.number)
    if others:
        set_primary(deps.devices, phone.account, min(other.number for other in others), only_if_none=True)
    while waiting := claimable_ids(deps.messages, phone.account, phone.number, BATCH):
        rebound = [_rebind(deps, phone, message_id, others) for _, message_id in waiting]
        if not any(rebound):
            break


def _rebind(deps: Deps, phone: Phone, message_id: int, others: list[Phone]) -> bool:
    """False when somebody else changed the message: a claim that was under way keeps it."""
    message = get_message(deps.messages, phone.account, message_id, consistent=True)
    if message is None or message.phone != phone.number or not message.can_move_to(MessageStatus.LEASED):
        return False
    try:
        change_message(deps.messages, message, _for_another_phone(message, others, deps.now()))
    except ConditionFailed:
        return False
    return True


def _for_another_phone(message: Message, others: list[Phone], now: int) -> Message:
    try:
        phone = choose_phone(others, now, online_only=False)
    except NoEligiblePhone:
        return moved(message, MessageStatus.FAILED, now, error={"name": "no_phone_left"})
    text = f"moved to {ids.spell('phn', phone.number)}: its phone was removed"
    return replace(noted(message, now, text), phone=phone.number, sim_slot=choose_sim(phone, None, "sim_slot"))
