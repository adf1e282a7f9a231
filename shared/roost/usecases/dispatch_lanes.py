"""Lanes of batches that come in from the stream: wake who may pull, see to it that each ends by its deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roost.domain.batches import CLOSED, LaneStatus
from roost.domain.instants import minute_of
from roost.domain.messages import Priority
from roost.domain.phones import Phone
from roost.domain.pushes import PushResult
from roost.domain.routing import most_ready
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.phones import list_phones
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


def dispatch_lanes(deps: Deps, push: Fcm | None, lanes: Iterable[ChangedLane]) -> list[str]:
    """One wake per phone however many lanes it got. The places to try again: those of pushes that passed badly."""
    lanes = list(lanes)
    now = deps.now()
    for account, batch, minute in sorted({_look_due(lane, now) for lane in lanes}):
        put_check(deps.devices, minute, Check(account, batch=batch))
    woken: dict[tuple[str, int], str] = {}
    for lane in lanes:
        if lane.status is LaneStatus.DISPATCHING:
            phones, _ = list_phones(deps.devices, lane.account)
            if lane.phone is not None and all(phone.number != lane.phone for phone in phones):
                # Its phone was removed while the batch was being accepted: the sweep looks at it and closes the lane.
                put_check(deps.devices, minute_of(now), Check(lane.account, lane.phone))
            woken |= {(lane.account, phone.number): lane.place for phone in _to_wake(lane, phones, now)}
    return [place for (account, number), place in woken.items() if not _wake(deps, push, account, number)]


def _look_due(lane: ChangedLane, now: int) -> tuple[str, int, str]:
    """When the sweep should look at a batch: a closed one now, any other at its deadline."""
    at = now if lane.status.value in CLOSED else lane.expires_at
    return lane.account, lane.batch, minute_of(max(at, now))


def _to_wake(lane: ChangedLane, phones: list[Phone], now: int) -> list[Phone]:
    """The phone it was dealt to; of those that may pull, no more than there are messages, the most ready first."""
    if lane.phone is not None:
        return [phone for phone in phones if phone.number == lane.phone]
    return most_ready(phones, now, lane.priority)[: lane.left]


def _wake(deps: Deps, push: Fcm | None, account: str, number: int) -> bool:
    """The check entry before the wake: if this dies in between, the sweep still looks at the phone."""
    put_check(deps.devices, minute_of(deps.now()), Check(account, number))
    return wake_phone(deps, push, account, number) is not PushResult.UNAVAILABLE
