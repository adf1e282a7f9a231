"""A message that somebody sent in HighLevel's inbox goes out over a phone, once however often it is delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from roost.domain.errors import LimitReached, NotFound, RequestInFlight, RoostError, TryLater
from roost.domain.highlevel import CannotAcceptNow, Location
from roost.domain.highlevel_errands import refusal_errand
from roost.domain.highlevel_webhooks import Delivery
from roost.domain.messages import Kind
from roost.domain.phone_numbers import as_e164
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.conditional import Throttled, telling_throttling
from roost.storage.highlevel import find_location
from roost.storage.highlevel_errands import errand_write, put_aside
from roost.storage.highlevel_links import AlreadyTaken, is_known_there, link_writes
from roost.storage.transactions import WriteConflict, commit
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission

PASSING = (LimitReached, RequestInFlight, TryLater, WriteConflict, Throttled)
"""What may be gone in ten minutes, when HighLevel repeats the delivery. All else is told as a failure at once."""


def take_delivery(deps: Deps, delivery: Delivery) -> bool:
    """False if it was taken before. When it returns the message, or the word that it failed, is stored.

    Raises NotFound for a location that is not connected, and CannotAcceptNow.
    """
    location = find_location(deps.highlevel, delivery.locationId)
    if location is None or not location.is_connected:
        raise NotFound("This location is not connected")
    if is_known_there(deps.highlevel, location, delivery.messageId):
        return False
    try:
        with telling_throttling():
            admit_delivery(deps, location, delivery)
    except AlreadyTaken:
        return False
    except PASSING:
        raise CannotAcceptNow from None
    return True


def keep_unreadable(deps: Deps, payload: Mapping[str, Any]) -> None:
    """Shown on the page instead of dropped. Raises NotFound when it names no location that is connected."""
    location = find_location(deps.highlevel, str(payload.get("locationId") or "?")[:60])
    if location is None or not location.is_connected:
        raise NotFound("This location is not connected")
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    put_aside(deps.highlevel, location, "delivery", text, deps.entropy(4).hex(), deps.now())


def admit_delivery(deps: Deps, location: Location, delivery: Delivery) -> None:
    table, theirs = deps.highlevel, delivery.messageId
    wanted = Submission(
        to=as_e164(delivery.phone) or delivery.phone,
        text=delivery.message,
        kind=Kind.MMS if delivery.attachments else Kind.SMS,
        attachments=tuple(delivery.attachments),
    )
    try:
        send_message(
            deps,
            Sender(location.account),
            wanted,
            along=lambda message: link_writes(table, location, theirs, message.id, deps.now()),
        )
    except PASSING:
        raise
    except RoostError as refusal:
        _tell_refused(deps, location, delivery, refusal)


def _tell_refused(deps: Deps, location: Location, delivery: Delivery, refusal: RoostError) -> None:
    """Taken and owed in one write: the inbox shows why nothing left. A number nobody can write to is told, too."""
    now = deps.now()
    errand = refusal_errand(as_e164(delivery.phone) or delivery.phone, now, delivery.messageId, refusal.detail)
    links = link_writes(deps.highlevel, location, delivery.messageId, None, now)
    commit(deps.highlevel, *links, errand_write(deps.highlevel, location, errand, now))
