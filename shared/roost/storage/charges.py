"""The charge a message carries, as it stands in its item."""

from __future__ import annotations

from roost.domain.money import Charge
from roost.storage.items import Item, compact

CHARGED, REFUNDED = "charged", "refunded"


def charge_item(charge: Charge | None) -> Item:
    """`charge_state` beside the rest: the stream's filter and the settlement's condition read it."""
    if charge is None:
        return {}
    taken = {"credits": charge.credits, "micro_usd": charge.micro_usd, "key_id": charge.key_id, "spent": charge.spent}
    return {"charge": compact(taken), "charge_state": REFUNDED if charge.refunded else CHARGED}


def charge_of(item: Item) -> Charge | None:
    return Charge(**item["charge"], refunded=item["charge_state"] == REFUNDED) if "charge" in item else None
