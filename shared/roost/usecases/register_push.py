"""Remember how to wake a phone."""

from __future__ import annotations

from roost.domain.errors import PhoneRemoved
from roost.domain.phones import Phone, PushAddress
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import WAKE, push_item, update_phone


def register_push(deps: Deps, phone: Phone, address: PushAddress | None) -> None:
    """None: a phone without Google services, which polls. A new address ends an outstanding wake of the old one; the
    same address again, as with every start of the app, leaves it outstanding."""
    changes = {"seen_at": deps.now()} | ({"push": push_item(address)} if address else {})
    is_same = address is not None and phone.push is not None and address.value == phone.push.value
    remove = () if is_same else WAKE if address else (*WAKE, "push")
    try:
        update_phone(deps.devices, phone, changes, remove=remove)
    except ConditionFailed:
        raise PhoneRemoved from None
