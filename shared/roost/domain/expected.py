"""When the messages of a lane are expected to leave: the slots of its phones, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heapreplace

from roost.domain.pacing import Bookings, book, next_opening
from roost.domain.phones import Phone

FARTHEST = 10_000
"""Nobody is told an instant for what stands behind so many others."""


def expected_slots(phones: Iterable[Phone], now: int, count: int) -> list[int]:
    """The instants of the next `count` messages that any of the phones may take, if nothing else comes in between.

    The phone that is free first always takes the next: that is the bound which pulling meets. Shorter than `count`
    when there are no phones or `count` goes beyond FARTHEST.
    """
    openings = [(_opening(phone, phone.booked, now), phone.number, phone, phone.booked) for phone in phones]
    heapify(openings)
    slots: list[int] = []
    while openings and len(slots) < min(count, FARTHEST):
        slot, number, phone, booked = openings[0]
        slots.append(slot)
        booked = book(phone.pacing, booked, slot, slot)
        heapreplace(openings, (_opening(phone, booked, slot), number, phone, booked))
    return slots


def _opening(phone: Phone, booked: Bookings, at: int) -> int:
    return next_opening(phone.pacing, booked, phone.paired_at, at).at
