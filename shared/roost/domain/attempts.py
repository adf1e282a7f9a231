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


def _may_repeat(message: Message) -> bool:
    error = message.error or {}
    if message.status is S.FAILED:
        return error.get("class") in REPEATABLE and not error.get("partial")
    return message.status is S.UNKNOWN and message.retry_unknown


def _reason(message: Message) -> str:
    return str((message.error or {}).get("name", "unknown"))
