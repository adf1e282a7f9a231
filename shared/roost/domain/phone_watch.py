"""The picture of an account's phones, from whose changes their events follow: connected, disconnected, cap reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from roost.domain import ids
from roost.domain.event_data import PhoneCapData, PhoneData
from roost.domain.instants import rfc3339
from roost.domain.pacing import daily_cap, local_day
from roost.domain.phones import Phone, Presence
from roost.domain.webhooks import Event
from roost.domain.webhooks import EventType as E


@dataclass(frozen=True, slots=True)
class PhoneGlance:
    """One phone as last looked at. `capped_on`: the local day on which it reached its cap, if it has."""

    name: str
    seen_at: int
    connected: bool
    capped_on: str | None = None
    cap: int = 0
    free_at: int = 0

    def differs(self, other: PhoneGlance | None) -> bool:
        return other is None or (self.connected, self.capped_on) != (other.connected, other.capped_on)


@dataclass(frozen=True, slots=True)
class Picture:
    """`at`: when it was taken, ms. `phones`: by number."""

    account: str
    at: int
    phones: Mapping[int, PhoneGlance] = field(default_factory=dict)


def take_picture(account: str, phones: Iterable[Phone], now: int) -> Picture:
    """Phones that are not removed."""
    return Picture(account, now, {phone.number: _glance(phone, now) for phone in phones})


def has_changed(before: Picture | None, after: Picture) -> bool:
    if before is None or before.phones.keys() != after.phones.keys():
        return True
    return any(glance.differs(before.phones[number]) for number, glance in after.phones.items())


def events_of_pictures(before: Picture | None, after: Picture) -> list[Event]:
    """The first picture only says how things stand. A phone that is gone is disconnected."""
    if before is None:
        return []
    events = []
    for number, glance in sorted(after.phones.items()):
        events += _events_of_phone(after, number, before.phones.get(number), glance)
    for number, glance in sorted(before.phones.items()):
        if number not in after.phones and glance.connected:
            events.append(_event(after, number, E.PHONE_DISCONNECTED, glance))
    return events


def _glance(phone: Phone, now: int) -> PhoneGlance:
    today, cap = local_day(phone.pacing, now), daily_cap(phone.pacing, phone.paired_at, now)
    is_capped = phone.booked.day == today and phone.booked.count >= cap
    return PhoneGlance(
        name=phone.name,
        seen_at=phone.seen_at,
        connected=phone.presence(now) is not Presence.OFFLINE,
        capped_on=today if is_capped else None,
        cap=cap,
        free_at=phone.opening(now).at if is_capped else 0,
    )


def _events_of_phone(after: Picture, number: int, old: PhoneGlance | None, new: PhoneGlance) -> list[Event]:
    events = []
    if new.connected != (old is not None and old.connected):
        events.append(_event(after, number, E.PHONE_CONNECTED if new.connected else E.PHONE_DISCONNECTED, new))
    if new.capped_on is not None and new.capped_on != (old.capped_on if old else None):
        events.append(_event(after, number, E.PHONE_CAP_REACHED, new))
    return events


def _event(picture: Picture, number: int, event_type: E, glance: PhoneGlance) -> Event:
    said: dict[str, Any] = {
        "phone_id": ids.spell("phn", number),
        "name": glance.name,
        "at": rfc3339(picture.at),
        "last_seen_at": rfc3339(glance.seen_at),
    }
    if event_type is E.PHONE_CAP_REACHED:
        data: PhoneData = PhoneCapData(**said, daily_cap=glance.cap, next_free_at=rfc3339(glance.free_at))
    else:
        data = PhoneData(**said)
    what = event_type.partition(".")[2]
    return Event(f"evt_phn{number}_{what}_{picture.at}", event_type, picture.account, picture.at, data.model_dump())
