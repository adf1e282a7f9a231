"""Another attempt: if the last certainly never reached the air, or the caller accepts a repeat (protocol §13)."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.instants import MINUTE, SECOND
from roost.domain.messages import Message, MessageStatus, noted
from roost.domain.reports import released

S = MessageStatus

PAUSES = (30 * SECOND, 2 * MINUTE)
"""Before the second and the third attempt; there is no fourth."""

REPEATABLE = frozenset({"not_submitted", "throttled"})
"""Classes of radio errors after which the carrier certainly has nothing (protocol §8)."""

BEFORE_THE_AIR = frozenset({S.SCHEDULED, S.QUEUED, S.DISPATCHING})


def with_next_attempt(message: Message, at: int) -> Message:
    """The message waiting for its next attempt, or as it is when there is none."""
    if not _may_repeat(message) or message.attempt > len(PAUSES) or message.cancel_requested_at is not None:
        return message
    due_at = at + PAUSES[message.attempt - 1]
    if due_at >= message.expires_at or message.lease_epoch is None:
        return message
    ended = noted(released(message), at, f"attempt {message.attempt} {message.status}: {_reason(message)}")
    moves = {status: when for status, when in message.moves.items() if status in BEFORE_THE_AIR}
    return replace(ended, status=S.QUEUED, attempt=message.attempt + 1, due_at=due_at, moves=moves, error=None)


def reassign_at(message: Message, seen_at: int) -> int | None:
    """When a held message may go to another phone as a new attempt, its own being silent since `seen_at`; None: never.

    Only if the caller accepts that it may leave twice (protocol §13), and never a message whose phone the caller chose.
    """
    is_bound = message.pinned or message.cancel_requested_at is not None or message.attempt > len(PAUSES)
    return None if message.reassign_after is None or is_bound else seen_at + message.reassign_after


def reassigned(message: Message, phone: int, sim_slot: int | None, at: int) -> Message:
    """The message as a new attempt of another phone, due at once."""
    left = noted(released(message), at, f"attempt {message.attempt} is with a silent phone: another phone tries")
    moves = {status: when for status, when in message.moves.items() if status in BEFORE_THE_AIR} | {S.DISPATCHING: at}
    attempt, status = message.attempt + 1, S.DISPATCHING
    return replace(left, status=status, attempt=attempt, due_at=at, moves=moves, phone=phone, sim_slot=sim_slot)


def _may_repeat(message: Message) -> bool:
    error = message.error or {}
    if message.status is S.FAILED:
        return error.get("class") in REPEATABLE and not error.get("partial")
    return message.status is S.UNKNOWN and message.retry_unknown


def _reason(message: Message) -> str:
    return str((message.error or {}).get("name", "unknown"))
