"""The phone of a message that nobody bound to one: of few phones the best, of many the best of some."""

from __future__ import annotations

from functools import partial

from roost.domain.errors import NoEligiblePhone
from roost.domain.messages import Priority
from roost.domain.phones import Phone, Presence
from roost.domain.routing import choose_phone
from roost.runtime.deps import Deps
from roost.storage.phones import get_phone, list_phones, some_phones


def find_phone(deps: Deps, account: str, priority: Priority, *, online_only: bool, familiar: int | None) -> Phone:
    """As `choose_phone` says. All phones of a large account are read only when none of some is there and may send.

    Raises NoEligiblePhone.
    """
    now = deps.now()
    choose = partial(choose_phone, now=now, online_only=online_only, priority=priority, familiar=familiar)
    phones, is_all = some_phones(deps.devices, account, int.from_bytes(deps.entropy(4), "big"))
    if is_all:
        return choose(phones)
    try:
        chosen = choose([*phones, *_known(deps, account, familiar, phones)])
    except NoEligiblePhone:
        return choose(list_phones(deps.devices, account)[0])
    return chosen if chosen.presence(now) is Presence.ONLINE else choose(list_phones(deps.devices, account)[0])


def _known(deps: Deps, account: str, familiar: int | None, phones: list[Phone]) -> list[Phone]:
    """The one that last talked to the recipient, if it is not among them."""
    if familiar is None or any(phone.number == familiar for phone in phones):
        return []
    found = get_phone(deps.devices, account, familiar)
    return [found] if found is not None and found.removed_at is None else []
