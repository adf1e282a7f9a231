"""What a push service answers to a wake, in the terms that decide what happens next."""

from __future__ import annotations

from enum import StrEnum


class PushResult(StrEnum):
    """`lost` and `misconfigured` are for good; `throttled` and `unavailable` pass."""

    ACCEPTED = "accepted"
    LOST = "lost"
    MISCONFIGURED = "misconfigured"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
