"""One message, or a page of them, as callers see them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from roost.domain import ids
from roost.domain.errors import NotFound
from roost.domain.instants import DAY
from roost.domain.leases import LeaseState
from roost.domain.messages import Direction, Message, MessageStatus, shown_status
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.leases import get_lease
from roost.storage.messages import get_message, newest_first

MOST_EXAMINED = 1_000
"""A filter that matches little stops here and hands out a cursor: no request reads without end."""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """None matches everything. `status`: as callers see it."""

    status: MessageStatus | None = None
    direction: Direction | None = None
    phone: int | None = None
    peer: str | None = None

    def matches(self, message: Message) -> bool:
        wanted = (self.direction, self.phone, self.peer)
        found = (message.direction, message.phone, message.peer)
        return all(want in (None, have) for want, have in zip(wanted, found, strict=True)) and (
            self.status in (None, shown_status(message))
        )


def read_message(deps: Deps, account: str, message_id: int | None) -> Message:
    """Raises NotFound, for another account's id too."""
    message = get_message(deps.messages, account, message_id, consistent=True) if message_id is not None else None
    if message is None:
        raise NotFound("No such message")
    return with_acceptance(deps, message)


def list_messages(
    deps: Deps, account: str, wanted: MessageFilter, limit: int, before: int | None
) -> tuple[list[Message], int | None]:
    """A page, newest first, and the id to go on below; None when there is nothing older."""
    owner = get_account(deps.accounts, account)
    oldest = owner.created_at if owner else deps.now() - DAY
    below = before if before is not None else ids.message_id(deps.now() + DAY, serial=0)
    page: list[Message] = []
    for examined, message in enumerate(newest_first(deps.messages, account, below, oldest), start=1):
        message = with_acceptance(deps, message)
        if wanted.matches(message):
            page.append(message)
        if len(page) == limit or examined == MOST_EXAMINED:
            return page, message.id
    return page, None


def with_acceptance(deps: Deps, message: Message) -> Message:
    """A leased message of an accepted lease is `accepted`: the lease says it once for all its messages."""
    if message.status is not MessageStatus.LEASED or message.phone is None or message.claim_id is None:
        return message
    lease = get_lease(deps.devices, message.account, message.phone, message.claim_id)
    if lease is None or lease.state is not LeaseState.ACCEPTED or lease.accepted_at is None:
        return message
    moves = {**message.moves, MessageStatus.ACCEPTED: lease.accepted_at}
    return replace(message, status=MessageStatus.ACCEPTED, moves=moves)
