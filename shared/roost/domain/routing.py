"""Which phone takes a message nobody bound to one, and whether it is woken at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from roost.domain.errors import NoEligiblePhone
from roost.domain.instants import MINUTE
from roost.domain.leases import HOLD
from roost.domain.messages import MessageStatus, Priority
from roost.domain.phone_config import runs_out
from roost.domain.phones import Phone, Presence

WORTH_WAITING = 4 * MINUTE
"""So much later than from another phone a message may leave from the one its recipient knows: one default gap."""


def choose_phone(
    phones: Iterable[Phone],
    now: int,
    *,
    online_only: bool,
    priority: Priority = Priority.NORMAL,
    familiar: int | None = None,
) -> Phone:
    """The phone that is free first: online before silent, then by its pacing, then the one seen last.

    `online_only`: refuse instead of queueing for a phone that has not called within 20 minutes. `familiar`: the number
    of the phone that last talked to the recipient, which is preferred if it is as present and free at most
    WORTH_WAITING later. Raises NoEligiblePhone.
    """
    eligible = [phone for phone in phones if phone.may_send]
    if online_only:
        eligible = [phone for phone in eligible if phone.presence(now) is Presence.ONLINE]
    if not eligible:
        raise NoEligiblePhone
    urgent = priority is Priority.URGENT

    def rank(phone: Phone) -> tuple[bool, int, int]:
        return phone.presence(now) is not Presence.ONLINE, phone.opening(now, urgent=urgent).at, -phone.seen_at

    first = min(eligible, key=rank)
    known = next((phone for phone in eligible if phone.number == familiar), first)
    (is_silent, free_at, _), (known_is_silent, known_free_at, _) = rank(first), rank(known)
    return known if known_is_silent is is_silent and known_free_at <= free_at + WORTH_WAITING else first


def primary_phone(phones: Iterable[Phone], primary: int | None) -> Phone | None:
    """The phone that sends where none is named: the account's primary, or, while that is disabled, the lowest number
    that is not; None when all are."""
    enabled = sorted((phone for phone in phones if phone.enabled), key=lambda phone: phone.number)
    return next((phone for phone in enabled if phone.number == primary), enabled[0] if enabled else None)


def most_ready(phones: Sequence[Phone], now: int, priority: Priority) -> list[Phone]:
    """The phones worth waking for work that any may take, first free first: those online, or all if none is, that would
    take something of it now.

    Those to which a wake is on its way come for it anyway. If there are no others, one of them is told all the same: it
    may be ending its wake just now, with a look into the queue from before this work.
    """
    urgent = priority is Priority.URGENT
    able = [phone for phone in phones if phone.may_send]
    candidates = [phone for phone in able if phone.presence(now) is Presence.ONLINE] or able
    openings = {phone.number: phone.opening(now, urgent=urgent).at for phone in candidates}
    free = [phone for phone in candidates if (openings[phone.number] <= now + HOLD if urgent else runs_out(phone, now))]
    ready = sorted(free, key=lambda phone: (openings[phone.number], -phone.seen_at))
    return ready if urgent else [phone for phone in ready if phone.woken_at is None] or ready[:1]


def first_status(phone: Phone, priority: Priority, now: int) -> MessageStatus:
    """`dispatching` wakes the phone now: it may hold jobs that far ahead. Otherwise it fetches them by polling."""
    opening = phone.opening(now, urgent=priority is Priority.URGENT)
    return MessageStatus.DISPATCHING if opening.at <= now + HOLD else MessageStatus.QUEUED
