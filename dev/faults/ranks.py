"""How good a fact about a message is, and which version of a message may follow which (phone protocol §10)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dev.phone.result_codes import CODES_BY_CLASS, NOT_SUBMITTED, OWN_ERRORS, THROTTLED

RANK: Mapping[str, int] = MappingProxyType(
    {
        "scheduled": -10,
        "queued": 0,
        "dispatching": 5,
        "leased": 10,
        "accepted": 20,
        "sending": 30,
        "unknown": 40,
        "expired": 50,
        "canceled": 51,
        "failed": 60,
        "sent": 70,
        "undelivered": 80,
        "delivered": 90,
        "received": 100,
    }
)
FINAL = frozenset(name for name, rank in RANK.items() if rank >= RANK["unknown"])
REACHED_THE_AIR = frozenset({"sent", "undelivered", "delivered"})
STEPS_BACK = frozenset(
    {(held, free) for held in ("leased", "accepted") for free in ("queued", "dispatching")}
    | {("dispatching", "queued"), ("unknown", "expired")}
)
"""A lease revoked, a job given back, a message that waits again for its slot."""
NAMES_OF_RETRIED = frozenset(
    {name for class_ in (NOT_SUBMITTED, THROTTLED) for name in CODES_BY_CLASS[class_].values()}
    | {name for name, class_ in OWN_ERRORS.items() if class_ == NOT_SUBMITTED}
)
"""Failures after which the server may try again by itself (§13)."""
ORDINARY_ENDS = frozenset({("sent", "delivered"), ("sent", "undelivered")})


def may_follow(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """I4 and I6: ranks go down by the known ways only, a final state changes with a note, an attempt has a reason."""
    old, new = str(before["status"]), str(after["status"])
    if after.get("attempt", 1) > before.get("attempt", 1):
        return has_reason_for_another_attempt(before, after)
    if old == new:
        return True
    if old in FINAL and (old, new) not in ORDINARY_ENDS and len(after.get("notes", [])) <= len(before.get("notes", [])):
        return False
    return RANK[new] > RANK[old] or (old, new) in STEPS_BACK


def has_reason_for_another_attempt(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """By the notes that come with the new attempt: never submitted, or the message asks for it."""
    fresh = [note["text"] for note in after.get("notes", [])[len(before.get("notes", [])) :]]
    reasons = [text for text in fresh if text.startswith(f"attempt {before.get('attempt', 1)} ")]
    return len(reasons) == 1 and _is_reason(reasons[0], after)


def _is_reason(told: str, message: Mapping[str, Any]) -> bool:
    if "is with a silent phone" in told:
        return "reassign_after" in message
    how, _, name = told.partition(": ")
    if how.endswith(" unknown"):
        return "retry_unknown" in message
    return how.endswith(" failed") and name in NAMES_OF_RETRIED
