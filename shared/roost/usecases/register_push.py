"""Remember how to wake a phone."""

from __future__ import annotations

from roost.domain.errors import PhoneRemoved
from roost.domain.phones import Phone, PushAddress
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import push_item, update_phone


def register_push(deps: Deps, phone: Phone, address: PushAddress | None) -> None:
    """None: a phone without Google services, which polls. A new address ends an outstanding wake of the old one."""
    changes = {"seen_at": deps.now()} | ({"push": push_item(address)} if address else {})
    remove = ("woken_at",) if address else ("woken_at", "push")
    try:
        update_phone(deps.devices, phone, changes, remove=remove)
    except ConditionFailed:
        raise PhoneRemoved from None
