"""Write what a phone reports. A repeated, late or reordered event changes nothing and is acknowledged all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from roost.domain.attempts import with_next_attempt
from roost.domain.callbacks import (
    Alert,
    CallMissed,
    JobEvent,
    LeaseAccepted,
    MmsReceived,
    PhoneEvent,
    Rejection,
    TextReceived,
    Unreadable,
)
from roost.domain.errors import TryLater
from roost.domain.leases import LeaseState
from roost.domain.messages import HELD, Message, MessageStatus
from roost.domain.phones import Phone
from roost.domain.reports import NotTheHolder, apply_report
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.leases import get_lease, settle_lease
from roost.storage.messages import change_message, from_item, get_message
from roost.storage.phones import change_cancels, get_phone
from roost.usecases.offers import accept_offer
from roost.usecases.store_inbound import store_call, store_mms, store_text

TRIES = 5


@dataclass(slots=True)
class EventsApplied:
    """`alerts`: for the phone's item, which is written once per call. `settled`: messages that have ended."""

    acked: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)


def apply_events(deps: Deps, phone: Phone, events: Iterable[PhoneEvent]) -> EventsApplied:
    """Acceptances first, then each message's reports together: one write per message however many reports it has."""
    applied = EventsApplied()
    reports: dict[int, list[JobEvent]] = {}
    for event in events:
        match event:
            case JobEvent():
                reports.setdefault(event.message_id, []).append(event)
            case LeaseAccepted():
                _accept_lease(deps, phone, event, applied)
            case TextReceived():
                _store(applied, event.event_id, partial(store_text, deps, phone, event))
            case CallMissed():
                _store(applied, event.event_id, partial(store_call, deps, phone, event))
            case MmsReceived():
                _store(applied, event.event_id, partial(store_mms, deps, phone, event))
            case Alert():
                applied.alerts.append(event)
                applied.acked.append(event.event_id)
            case Unreadable():
                applied.rejected.append(Rejection(event.event_id, event.code))
    for message_id, job_events in reports.items():
        _apply_reports(deps, phone, message_id, job_events, applied)
    return applied


def _store(applied: EventsApplied, event_id: str, store: Callable[[], None]) -> None:
    """What cannot be written just now holds up nothing else of the call: the phone offers it again."""
    try:
        store()
    except TryLater:
        applied.rejected.append(Rejection(event_id, "try_later", permanent=False))
    else:
        applied.acked.append(event_id)


def _accept_lease(deps: Deps, phone: Phone, event: LeaseAccepted, applied: EventsApplied) -> None:
    """Any of its jobs leads to the lease, and a lease is accepted as a whole."""
    if any(_is_accepted(deps, phone, message_id, event.epoch) for message_id in event.job_ids):
        applied.acked.append(event.event_id)
    else:
        applied.rejected.append(Rejection(event.event_id, "lease_lost"))


def _is_accepted(deps: Deps, phone: Phone, message_id: int, epoch: int) -> bool:
    for _ in range(TRIES):
        message = get_message(deps.messages, phone.account, message_id, consistent=True)
        if message is None:
            return False
        try:
            if accept_offer(deps, phone, message, epoch):
                return True
        except ConditionFailed:
            continue
        return _is_lease_accepted(deps, phone, message, epoch)
    return False


def _is_lease_accepted(deps: Deps, phone: Phone, message: Message, epoch: int) -> bool:
    """The job names its claim, and the claim its lease record, where acceptance and revocation race for one write."""
    if message.claim_id is None or (message.phone, message.lease_epoch) != (phone.number, epoch):
        return False
    if message.status is MessageStatus.ACCEPTED:
        return True
    lease = get_lease(deps.devices, phone.account, phone.number, message.claim_id)
    if lease is None:  # of an offer that was accepted; the job is further by now
        return message.status is not MessageStatus.LEASED
    return settle_lease(deps.devices, lease, LeaseState.ACCEPTED, deps.now()) is LeaseState.ACCEPTED


def _apply_reports(
    deps: Deps, phone: Phone, message_id: int, events: Sequence[JobEvent], applied: EventsApplied
) -> None:
    # Consistent: a stale copy from before the claim would refuse the outcome for good.
    message = get_message(deps.messages, phone.account, message_id, consistent=True)
    for _ in range(TRIES):
        after, refused = _decide(message, events, deps.now())
        try:
            if message is not None and after is not None and after != message:
                _stop_another(deps, phone, message, after)
                change_message(deps.messages, message, after)
        except ConditionFailed as failure:
            message = from_item(failure.item) if failure.item else None
            continue
        applied.settled |= {after.id} if after is not None and after.is_final else set()
        applied.acked += [event.event_id for event in events if event.event_id not in refused]
        applied.rejected += [Rejection(event_id, "not_yours") for event_id in refused]
        return
    applied.rejected += [Rejection(event.event_id, "try_later", permanent=False) for event in events]


def _stop_another(deps: Deps, phone: Phone, before: Message, after: Message) -> None:
    """What this phone had sent is with another one by now: that is told not to send it, before anything is written."""
    if before.status in HELD and after.is_final and before.phone not in (phone.number, None):
        other = get_phone(deps.devices, before.account, before.phone or 0)
        if other is not None:
            change_cancels(deps.devices, other, add=frozenset({before.id}))


def _decide(message: Message | None, events: Sequence[JobEvent], now: int) -> tuple[Message | None, set[str]]:
    refused = set()
    for event in events:
        try:
            if message is None:
                raise NotTheHolder
            message = apply_report(message, event.report)
        except NotTheHolder:
            refused.add(event.event_id)
    return message and with_next_attempt(message, now), refused
