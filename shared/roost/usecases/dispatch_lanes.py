"""Lanes of batches that come in from the stream: wake who may pull, see to it that each ends by its deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roost.domain.batches import CLOSED, LaneStatus
from roost.domain.instants import minute_of
from roost.domain.messages import Priority
from roost.domain.pushes import PushResult
from roost.domain.routing import most_ready
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.phones import many_phones
from roost.usecases.wake_phones import wake_phone

if TYPE_CHECKING:  # the library behind it is in the layers of few functions
    from roost.outbound.fcm import Fcm


@dataclass(frozen=True, slots=True)
class ChangedLane:
    """A stream record of a lane of a batch; `phone` None: any phone pulls from it."""

    place: str
    account: str
    batch: int
    status: LaneStatus
    priority: Priority
    due_at: int
    expires_at: int
    left: int
    phone: int | None = None


MOST_WOKEN = 200
"""Of an account, for lanes that any phone pulls from, in one invocation: five calls each, some ten seconds. The others
poll within a quarter of an hour, and of a campaign the next page wakes the next ones."""


def dispatch_lanes(deps: Deps, push: Fcm | None, lanes: Iterable[ChangedLane]) -> list[str]:
    """One wake per phone however many lanes it got. The places to try again: those of pushes that passed badly."""
    lanes = list(lanes)
    now = deps.now()
    for account, batch, minute in sorted({_look_due(lane, now) for lane in lanes}):
        put_check(deps.devices, minute, Check(account, batch=batch))
    dispatching = [lane for lane in lanes if lane.status is LaneStatus.DISPATCHING]
    places = {(lane.account, lane.phone): lane.place for lane in dispatching if lane.phone is not None}
    shared: dict[str, list[ChangedLane]] = {}
    for lane in dispatching:
        if lane.phone is None:
            shared.setdefault(lane.account, []).append(lane)
    for account, of_account in shared.items():
        places |= {(account, number): of_account[0].place for number in _to_wake(deps, account, of_account)}
    return [place for (account, number), place in places.items() if not _wake(deps, push, account, number)]


def _look_due(lane: ChangedLane, now: int) -> tuple[str, int, str]:
    """When the sweep should look at a batch: a closed one now, any other at its deadline."""
    at = now if lane.status.value in CLOSED else lane.expires_at
    return lane.account, lane.batch, minute_of(max(at, now))


def _to_wake(deps: Deps, account: str, lanes: list[ChangedLane]) -> list[int]:
    """No more phones than there are messages, the most ready first."""
    phones = many_phones(deps.devices, account, int.from_bytes(deps.entropy(4), "big"))
    ready = most_ready(phones, deps.now(), max(lane.priority for lane in lanes))
    return [phone.number for phone in ready[: min(sum(lane.left for lane in lanes), MOST_WOKEN)]]


def _wake(deps: Deps, push: Fcm | None, account: str, number: int) -> bool:
    """The check entry before the wake: if this dies in between, the sweep still looks at the phone. Of one that was
    removed while the batch was being accepted it closes the lane."""
    put_check(deps.devices, minute_of(deps.now()), Check(account, number))
    return wake_phone(deps, push, account, number) is not PushResult.UNAVAILABLE
