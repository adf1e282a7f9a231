"""One message, or a page of them, as callers see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from roost.domain import ids
from roost.domain.batches import id_at, is_of_batch
from roost.domain.errors import NotFound
from roost.domain.instants import DAY, day_start
from roost.domain.leases import Lease, LeaseState
from roost.domain.messages import Direction, Kind, Message, MessageStatus, shown_status
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.batches import lanes_of
from roost.storage.leases import get_lease
from roost.storage.message_pages import batches_newest_first, newest_first
from roost.storage.messages import get_message

MOST_EXAMINED = 1_000
MOST_DAYS = 60
"""Where little matches a page stops here and hands out a cursor: no request reads without end."""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """None matches everything. `status`: as callers see it, `statuses`: any of them. `group`: what was accepted in one
    request.

    `since`, `until`: instants between which it was created, both included.
    """

    status: MessageStatus | None = None
    direction: Direction | None = None
    phone: int | None = None
    peer: str | None = None
    sim_slot: int | None = None
    group: int | None = None
    since: int | None = None
    until: int | None = None
    statuses: frozenset[MessageStatus] | None = None

    def may_match(self, message: Message) -> bool:
        """All that can be said before its lease is looked at."""
        wanted = (self.direction, self.phone, self.peer, self.sim_slot, self.group)
        found = (message.direction, message.phone, message.peer, message.sim_slot, message.group_id)
        return all(want in (None, have) for want, have in zip(wanted, found, strict=True))

    def matches(self, message: Message) -> bool:
        if not self.may_match(message) or self.status not in (None, shown_status(message)):
            return False
        return self.statuses is None or shown_status(message) in self.statuses


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
    first, last = _bounds(deps, account, wanted)
    below = min(before, last + 1) if before is not None else last + 1
    lowest = max(first, ids.message_id(max(ids.created_at(below) - MOST_DAYS * DAY, ids.EPOCH_2024), serial=0))
    page: list[Message] = []
    for examined, found in enumerate(_walk(deps, account, wanted, below, lowest), start=1):
        message = with_acceptance(deps, found) if wanted.may_match(found) else found
        if wanted.matches(message):
            page.append(message)
        if len(page) == limit or examined == MOST_EXAMINED:
            return page, message.id
    return page, lowest if lowest > first else None


def _bounds(deps: Deps, account: str, wanted: MessageFilter) -> tuple[int, int]:
    """The lowest and the highest id that can match."""
    if wanted.group is not None:
        return group_bounds(deps, account, wanted.group)
    owner = get_account(deps.accounts, account)
    since = max(wanted.since or 0, owner.created_at if owner else 0, ids.EPOCH_2024)
    newest = deps.now() + DAY if wanted.until is None else min(wanted.until, deps.now() + DAY)
    return ids.message_id(day_start(since) if wanted.since is None else since, 0), ids.message_id(newest + 1, 0) - 1


def group_bounds(deps: Deps, account: str, group: int) -> tuple[int, int]:
    """First and last id of what was accepted in one request. A group nobody knows has no messages."""
    if not is_of_batch(group):
        return group, group
    count = sum(lane.count for lane in lanes_of(deps.messages, account, group))
    return group, id_at(group, max(0, count - 1))


def all_messages(deps: Deps, account: str, wanted: MessageFilter) -> Iterator[Message]:
    """Newest first, whatever may match, until the reader has enough."""
    first, last = _bounds(deps, account, wanted)
    return with_acceptances(deps, _walk(deps, account, wanted, last + 1, first))


def _walk(deps: Deps, account: str, wanted: MessageFilter, below: int, lowest: int) -> Iterator[Message]:
    if wanted.group is not None and is_of_batch(wanted.group):
        return batches_newest_first(deps.messages, account, below, lowest)
    return newest_first(deps.messages, account, below, lowest)


def with_acceptances(deps: Deps, messages: Iterable[Message]) -> Iterator[Message]:
    """As `with_acceptance`, for many: each lease is read once."""
    leases: dict[tuple[int, str], Lease | None] = {}
    for message in messages:
        if message.status is not MessageStatus.LEASED or message.phone is None or message.claim_id is None:
            yield message
            continue
        key = (message.phone, message.claim_id)
        if key not in leases:
            leases[key] = get_lease(deps.devices, message.account, *key)
        yield _accepted(message, leases[key])


def with_acceptance(deps: Deps, message: Message) -> Message:
    """A leased message of an accepted lease is `accepted`: the lease says it once for all its messages."""
    return next(with_acceptances(deps, [message]))


def _accepted(message: Message, lease: Lease | None) -> Message:
    if lease is None or lease.state is not LeaseState.ACCEPTED or lease.accepted_at is None:
        return message
    moves = {**message.moves, MessageStatus.ACCEPTED: lease.accepted_at}
    return replace(message, status=MessageStatus.ACCEPTED, moves=moves)
