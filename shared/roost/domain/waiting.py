"""Why a message has not left yet, and until when: a pure function over message, phone and clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from roost.domain import ids
from roost.domain.instants import rfc3339
from roost.domain.messages import CLAIMABLE, Kind, Message, MessageStatus, Priority
from roost.domain.pacing import Hold, daily_cap
from roost.domain.phones import Phone, Presence

S = MessageStatus


class Reason(StrEnum):
    SCHEDULED = "scheduled"
    NEXT_ATTEMPT = "next_attempt"
    GAP = "gap"
    DAILY_CAP = "daily_cap"
    QUIET_HOURS = "quiet_hours"
    PHONE_DISABLED = "phone_disabled"
    PHONE_SILENT = "phone_silent"
    PHONE_WAKING = "phone_waking"
    HELD = "held_by_phone"
    NO_PHONE = "no_phone_online"
    FREE_PHONE = "next_free_phone"


@dataclass(frozen=True, slots=True)
class Wait:
    """`until`: the instant it is expected to go on, None if nobody can say. `detail`: a sentence for a person."""

    reason: Reason
    until: int | None
    detail: str


def why_waiting(message: Message, phone: Phone | None, now: int) -> Wait | None:
    """None for a message that is being sent or has ended. `phone`: the one it is bound to, if any."""
    if message.status is S.SCHEDULED:
        return Wait(Reason.SCHEDULED, message.due_at, f"scheduled for {rfc3339(message.due_at)}")
    if phone is None:
        return None
    name = ids.spell("phn", phone.number)
    if message.status in (S.LEASED, S.ACCEPTED) and message.slot_at is not None:
        until = max(message.slot_at, now)
        return Wait(Reason.HELD, until, f"{name} holds it and sends it at {rfc3339(until)}")
    if message.status not in CLAIMABLE:
        return None
    if not phone.may_send:
        return Wait(Reason.PHONE_DISABLED, None, f"{name} is disabled or lacks the permission to send SMS")
    if message.due_at > now and message.attempt > 1:
        return Wait(
            Reason.NEXT_ATTEMPT, message.due_at, f"attempt {message.attempt} follows at {rfc3339(message.due_at)}"
        )
    return _of_phone(message, phone, name, now)


def why_unbound(message: Message, phones: int, slots: Sequence[int]) -> Wait:
    """Of a message of a batch that whichever phone is free will take. `phones`: online ones; `slots`: when the messages
    that they may take next are expected to leave."""
    if not phones:
        return Wait(Reason.NO_PHONE, None, "no phone that may send is online: the first to call takes it")
    until = slots[message.ahead] if message.ahead < len(slots) else None
    return Wait(Reason.FREE_PHONE, until, f"the next free of {phones} phones takes it; {message.ahead} go first")


def behind_others(wait: Wait, message: Message, slots: Sequence[int]) -> Wait:
    """Why a message of a batch waits that was dealt to a phone: for that phone, and for those that go first."""
    if not message.ahead or wait.until is None:
        return wait
    until = slots[message.ahead] if message.ahead < len(slots) else None
    return replace(wait, until=until, detail=f"{wait.detail}; {message.ahead} of its batch go first")


def _of_phone(message: Message, phone: Phone, name: str, now: int) -> Wait:
    opening = phone.opening(now, urgent=message.priority is Priority.URGENT)
    if opening.hold is not None and message.kind is not Kind.USSD:
        cap = daily_cap(phone.pacing, phone.paired_at, now)
        why = {
            Hold.GAP: f"{name} keeps a gap of {phone.pacing.gap_seconds} s",
            Hold.DAILY_CAP: f"{name} reached today's cap of {cap}",
            Hold.QUIET_HOURS: f"{name} is quiet from {phone.pacing.quiet_from} to {phone.pacing.quiet_to}",
        }[opening.hold]
        return Wait(Reason(opening.hold.value), opening.at, f"{why}; next slot {rfc3339(opening.at)}")
    if phone.presence(now) is not Presence.ONLINE:
        return Wait(Reason.PHONE_SILENT, None, f"{name} has not called since {rfc3339(phone.seen_at)}")
    return Wait(Reason.PHONE_WAKING, now, f"{name} is being woken")
