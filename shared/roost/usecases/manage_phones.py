"""List, change and remove phones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import available_timezones

from roost.domain.batches import LaneStatus
from roost.domain.errors import InvalidRequest, NeedsAcknowledgement, NotFound
from roost.domain.pacing import Pacing, loosened
from roost.domain.phones import Phone, choose_sim
from roost.domain.retention import TOMBSTONE_SECONDS
from roost.domain.sim_changes import to_confirm, with_sims
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import (
    clear_primary,
    get_phone,
    list_phones,
    pacing_item,
    set_primary,
    sim_items,
    update_phone,
)
from roost.storage.queues import Waiting, waiting_for
from roost.storage.wakes import WAKE
from roost.usecases.close_lanes import close_lane
from roost.usecases.held_messages import held_messages, unaccepted_leases
from roost.usecases.rebind_messages import rebind_or_fail
from roost.usecases.revoke_lease import revoke_lease, take_back_unwritten

BATCH = 100


@dataclass(frozen=True, slots=True)
class PhoneChange:
    """None leaves a setting as it is. `default_sim`: a slot of the phone. `pacing`: members of Pacing to change;
    `acknowledge`: the owner knows that looser than the careful defaults endangers the SIM. `confirm_sims`: the SIMs the
    phone reported are right where they are.
    """

    name: str | None = None
    enabled: bool | None = None
    primary: bool | None = None
    default_sim: int | None = None
    pacing: Mapping[str, Any] = field(default_factory=dict)
    acknowledge: bool = False
    confirm_sims: bool = False


def list_account_phones(deps: Deps, account: str) -> tuple[list[Phone], int | None]:
    """The phones of an account and the number of its primary."""
    return list_phones(deps.devices, account)


def find_phone(deps: Deps, account: str, number: int | None) -> Phone:
    """Raises NotFound, for a removed phone too."""
    phone = get_phone(deps.devices, account, number, consistent=True) if number is not None else None
    if phone is None or phone.removed_at is not None:
        raise NotFound("No such phone: GET /v1/phones lists yours")
    return phone


def known_phone(deps: Deps, account: str, number: int) -> Phone:
    """Also one that was removed: its messages are still there. Raises NotFound."""
    phone = get_phone(deps.devices, account, number)
    if phone is None:
        raise NotFound("No such phone")
    return phone


def remove_phone(deps: Deps, account: str, number: int | None) -> None:
    """Raises NotFound for a phone that never was; one that is removed already is removed."""
    phone = get_phone(deps.devices, account, number, consistent=True) if number is not None else None
    if phone is None:
        raise NotFound("No such phone: GET /v1/phones lists yours")
    unpair_phone(deps, phone)


def change_phone(deps: Deps, account: str, number: int | None, change: PhoneChange) -> Phone:
    """Raises NotFound and InvalidRequest; then nothing is changed."""
    phone = find_phone(deps, account, number)
    sims = _confirmed_sims(phone) if change.confirm_sims else {}
    if change.primary is False:
        raise InvalidRequest.of("primary", "make another phone primary instead: an account has exactly one")
    if change.default_sim is not None:
        choose_sim(phone, change.default_sim, "default_sim")
    wanted: dict[str, Any] = {"name": change.name, "enabled": change.enabled, "default_sim": change.default_sim}
    if change.pacing:
        wanted["pacing"] = pacing_item(_checked_pacing(phone, change))
    changes = sims | {name: value for name, value in wanted.items() if value is not None}
    try:
        phone = update_phone(deps.devices, phone, changes) if changes else phone
    except ConditionFailed:
        raise NotFound from None
    if change.primary:
        set_primary(deps.devices, account, phone.number)
    return phone


def _confirmed_sims(phone: Phone) -> dict[str, Any]:
    """The phone is told with its next call, and goes by what it then has in that slot. Confirming again is harmless."""
    agreed = to_confirm(phone)
    if not agreed:
        return {}
    phone = with_sims(phone, agreed)
    return {"sims": sim_items(phone.sims), "alerts": dict(phone.alerts)}


def _checked_pacing(phone: Phone, change: PhoneChange) -> Pacing:
    """Tightening is free; what loosens the careful defaults further needs the owner's word."""
    pacing = replace(phone.pacing, **change.pacing)
    if pacing.timezone not in available_timezones():
        raise InvalidRequest.of("timezone", "is no IANA time zone, they look like Europe/Madrid")
    if (pacing.quiet_from is None) != (pacing.quiet_to is None):
        raise InvalidRequest.of("quiet_from", "and quiet_to go together: set both, or neither")
    warnings = sorted(set(loosened(pacing)) - set(loosened(phone.pacing)))
    if warnings and not change.acknowledge:
        raise NeedsAcknowledgement(f"{'; '.join(warnings)}. Send the same with acknowledge: true if you accept that")
    return pacing


def unpair_phone(deps: Deps, phone: Phone) -> None:
    """The phone's token answers 410 from now on; what waited for it goes to another phone, or fails and says why.

    Removing it again goes on where a removal was cut short.
    """
    now = deps.now()
    removed = {"removed_at": now, "ttl": now // 1_000 + TOMBSTONE_SECONDS}
    with suppress(ConditionFailed):
        update_phone(deps.devices, phone, removed, remove=("push", *WAKE))
    remaining, _ = list_phones(deps.devices, phone.account)
    others = [other for other in remaining if other.number != phone.number]
    clear_primary(deps.devices, phone.account, phone.number)
    if others:
        set_primary(deps.devices, phone.account, min(other.number for other in others), only_if_none=True)
    for lease in unaccepted_leases(deps, phone, held_messages(deps, phone)):
        revoke_lease(deps, lease)
    if phone.last_lease is not None:
        take_back_unwritten(deps, phone.last_lease)
    while waiting := waiting_for(deps.messages, phone.account, phone.number, BATCH):
        left = [_leave(deps, phone, entry, others) for entry in waiting]
        if not any(left):
            break


def _leave(deps: Deps, phone: Phone, entry: Waiting, others: list[Phone]) -> bool:
    """What waits for a phone that will not come back. A lane in its queue was dealt to it: nobody else sends that."""
    if entry.lane is not None:
        return close_lane(deps, phone.account, entry, LaneStatus.FAILED, "phone_removed")
    return rebind_or_fail(deps, phone, entry.message_id, others)
