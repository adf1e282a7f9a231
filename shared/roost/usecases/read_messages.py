"""One message, or a page of them, as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from roost.domain import ids
from roost.domain.errors import NotFound
from roost.domain.instants import DAY, day_of, day_start
from roost.domain.leases import LeaseState
from roost.domain.messages import CLAIMABLE, Direction, Kind, Message, MessageStatus, shown_status
from roost.domain.phones import Phone
from roost.domain.waiting import Wait, why_waiting
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.leases import get_lease
from roost.storage.messages import get_message, newest_first
from roost.storage.phones import get_phone

WAITING = CLAIMABLE | {MessageStatus.LEASED, MessageStatus.ACCEPTED}

MOST_EXAMINED = 1_000
MOST_DAYS = 60
"""Where little matches a page stops here and hands out a cursor: no request reads without end."""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """None matches everything. `status`: as callers see it."""

    status: MessageStatus | None = None
    direction: Direction | None = None
    phone: int | None = None
    peer: str | None = None

    def may_match(self, message: Message) -> bool:
        """All that can be said before its lease is looked at."""
        wanted = (self.direction, self.phone, self.peer)
        found = (message.direction, message.phone, message.peer)
        return all(want in (None, have) for want, have in zip(wanted, found, strict=True))

    def matches(self, message: Message) -> bool:
        return self.may_match(message) and self.status in (None, shown_status(message))


def read_message(deps: Deps, account: str, message_id: int | None) -> Message:
    """Raises NotFound, for another account's id too."""
    message = get_message(deps.messages, account, message_id, consistent=True) if message_id is not None else None
    if message is None or message.kind not in (Kind.SMS, Kind.MMS):
        raise NotFound("No such message")
    return with_acceptance(deps, message)


def list_messages(
    deps: Deps, account: str, wanted: MessageFilter, limit: int, before: int | None
) -> tuple[list[Message], int | None]:
    """A page, newest first, and the id to go on below; None when there is nothing older.

    Reads at most MOST_EXAMINED messages and MOST_DAYS days: a page may be short while there is more.
    """
    owner = get_account(deps.accounts, account)
    newest = ids.message_id(deps.now() + DAY, serial=0)
    below = min(before, newest) if before is not None else newest
    last_day = max(owner.created_at if owner else 0, ids.created_at(below) - MOST_DAYS * DAY)
    page: list[Message] = []
    for examined, found in enumerate(newest_first(deps.messages, account, below, last_day), start=1):
        message = with_acceptance(deps, found) if wanted.may_match(found) else found
        if wanted.matches(message):
            page.append(message)
        if len(page) == limit or examined == MOST_EXAMINED:
            return page, message.id
    has_older = owner is not None and day_of(owner.created_at) < day_of(last_day)
    return page, ids.message_id(day_start(last_day), serial=0) if has_older else None


def with_acceptance(deps: Deps, message: Message) -> Message:
    """A leased message of an accepted lease is `accepted`: the lease says it once for all its messages."""
    if message.status is not MessageStatus.LEASED or message.phone is None or message.claim_id is None:
        return message
    lease = get_lease(deps.devices, message.account, message.phone, message.claim_id)
    if lease is None or lease.state is not LeaseState.ACCEPTED or lease.accepted_at is None:
        return message
    moves = {**message.moves, MessageStatus.ACCEPTED: lease.accepted_at}
    return replace(message, status=MessageStatus.ACCEPTED, moves=moves)


def waits_of(deps: Deps, messages: Iterable[Message]) -> dict[int, Wait | None]:
    """Why each message waits, by its id; each phone is read once."""
    phones: dict[tuple[str, int], Phone | None] = {}
    waits = {}
    for message in messages:
        phone = None
        if message.phone is not None and message.status in WAITING:
            key = (message.account, message.phone)
            phone = phones[key] if key in phones else phones.setdefault(key, get_phone(deps.devices, *key))
        waits[message.id] = why_waiting(message, phone, deps.now())
    return waits
