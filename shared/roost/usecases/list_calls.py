"""Missed calls of an account's phones."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain import ids
from roost.domain.messages import Message, MessageStatus
from roost.runtime.deps import Deps
from roost.usecases.page_shard import page_of_shard


@dataclass(frozen=True, slots=True)
class CallFilter:
    """None matches everything. `since` and `until`: instants of the call, both included."""

    phone: int | None = None
    sim_slot: int | None = None
    peer: str | None = None
    since: int | None = None
    until: int | None = None

    def matches(self, call: Message) -> bool:
        at = missed_at(call)
        wanted, found = (self.phone, self.sim_slot, self.peer), (call.phone, call.sim_slot, call.peer)
        in_time = (self.since or 0) <= at and (self.until is None or at <= self.until)
        return in_time and all(want in (None, have) for want, have in zip(wanted, found, strict=True))


def missed_at(call: Message) -> int:
    """On the server's clock; a phone that was offline tells of it later."""
    return call.moves[MessageStatus.RECEIVED]


def list_calls(
    deps: Deps, account: str, wanted: CallFilter, limit: int, before: int | None
) -> tuple[list[Message], int | None]:
    """A page, the one reported last first, and the id to go on below. A page may be short while there is more."""
    return page_of_shard(deps, account, ids.CALL_SHARD, wanted.matches, limit, before, wanted.since)
