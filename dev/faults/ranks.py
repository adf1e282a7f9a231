"""How good a fact about a message is, and which version of a message may follow which (phone protocol §10)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

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
RETRIED = frozenset({"not_submitted", "throttled"})
"""Classes of failure after which the server may try again by itself (§13)."""
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
    """A failure that was never submitted, an unknown or a silent phone whose message asks for it, or the operator."""
    error = {**(before.get("error") or {}), **(after.get("last_error") or {})}
    if before["status"] == "failed" or error.get("class") is not None:
        return error.get("class") in RETRIED and not error.get("partial")
    asked = ("on_unknown", "on_phone_silent", "retry_unknown", "resend")
    return any(name in after for name in asked) or len(after.get("notes", [])) > len(before.get("notes", []))
