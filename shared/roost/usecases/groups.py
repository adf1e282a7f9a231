"""What was accepted in one request, as one thing: how far it is, and how to stop it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roost.domain import ids
from roost.domain.batches import OPEN_LANES, Lane, LaneStatus, is_of_batch
from roost.domain.errors import AlreadyFinal, NotFound, TryLater
from roost.domain.messages import Kind, Message, MessageStatus, shown_status
from roost.runtime.deps import Deps
from roost.storage.batches import get_lane, lanes_of
from roost.storage.message_pages import batches_newest_first
from roost.storage.messages import get_message
from roost.usecases.cancel_message import cancel_message
from roost.usecases.close_lanes import TRIES, close
from roost.usecases.read_messages import group_bounds, with_acceptances


@dataclass(frozen=True, slots=True)
class Group:
    """`counts`: messages by state, as callers see it."""

    id: int
    created_at: int
    counts: Mapping[MessageStatus, int]

    @property
    def size(self) -> int:
        return sum(self.counts.values())


def read_group(deps: Deps, account: str, group: int | None) -> Group:
    """Reads every message of the group once. Raises NotFound."""
    messages = with_acceptances(deps, messages_of_group(deps, account, group))
    counts = Counter(shown_status(message) for message in messages)
    if group is None or not counts:
        raise NotFound("No such group")
    return Group(group, ids.created_at(group), counts)


def messages_of_group(deps: Deps, account: str, group: int | None) -> Iterator[Message]:
    """Newest first; none of a group nobody knows."""
    if group is not None and is_of_batch(group):
        first, last = group_bounds(deps, account, group)
        yield from batches_newest_first(deps.messages, account, last + 1, first)
        return
    message = get_message(deps.messages, account, group, consistent=True) if group is not None else None
    if message is not None and message.kind in (Kind.SMS, Kind.MMS):
        yield message


def cancel_group(deps: Deps, account: str, group: int | None) -> Group:
    """At once for what no phone holds; each phone is asked about what it holds. Raises NotFound and TryLater.

    The lanes are closed first, so that what is looked at afterwards does not grow.
    """
    for lane in lanes_of(deps.messages, account, group) if group is not None and is_of_batch(group) else ():
        _close(deps, lane)
    for message in messages_of_group(deps, account, group):
        if not message.is_final:
            _cancel(deps, message)
    return read_group(deps, account, group)


def _close(deps: Deps, lane: Lane | None) -> None:
    for _ in range(TRIES):
        if lane is None or lane.status not in OPEN_LANES or close(deps, lane, LaneStatus.CANCELED, None):
            return
        lane = get_lane(deps.messages, lane.account, lane.base, lane.number)
    raise TryLater


def _cancel(deps: Deps, message: Message) -> None:
    try:
        cancel_message(deps, message.account, message.id)
    except AlreadyFinal:  # it ended while the others were being canceled
        return
