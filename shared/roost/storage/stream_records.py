"""Records of the messages table's stream, as what they say: a message that changed, or an item of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roost.domain.messages import Direction
from roost.domain.phone_watch import events_of_pictures
from roost.domain.webhook_events import events_of_change
from roost.domain.webhooks import Event
from roost.storage.conditional import untyped
from roost.storage.deliveries import event_of
from roost.storage.event_outbox import picture_of
from roost.storage.items import Item
from roost.storage.messages import from_item


@dataclass(frozen=True, slots=True)
class Told:
    """What one record says. `endpoint`: only this one is meant. `drain`: have what it is owed worked off."""

    account: str
    events: tuple[Event, ...] = ()
    endpoint: str | None = None
    drain: bool = False


def told_by(record: Mapping[str, Any]) -> Told | None:
    """None for records that tell nobody anything: idempotency records, lanes of batches, deletions."""
    before, after = untyped(record.get("OldImage")), untyped(record.get("NewImage"))
    if after is None or "account" not in after:
        return None
    if "outbox" in after:
        return _told_by_outbox(before, after)
    if "direction" not in after:
        return None
    return Told(after["account"], tuple(events_of_change(from_item(before) if before else None, from_item(after))))


def reply_in(record: Mapping[str, Any]) -> tuple[str, int] | None:
    """(account, message id) of a text that has just come in; None for every other record."""
    after = untyped(record.get("NewImage"))
    is_new = after is not None and "OldImage" not in record
    if not is_new or after is None or after.get("direction") != Direction.IN or "conv_pk" not in after:
        return None
    return after["account"], after["id"]


def _told_by_outbox(before: Item | None, after: Item) -> Told:
    account, endpoint = after["account"], after.get("endpoint")
    if after["outbox"] == "phones":
        return Told(account, tuple(events_of_pictures(picture_of(before) if before else None, picture_of(after))))
    if after["outbox"] == "drain":
        return Told(account, endpoint=endpoint, drain=True)
    return Told(account, (event_of(after["event"]),), endpoint)
