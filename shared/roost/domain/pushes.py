"""Wake pushes: how often a phone may get one, and what the push service answers, as far as it decides what follows."""

from __future__ import annotations

from enum import StrEnum

from roost.domain.instants import SECOND

PUSH_GAP = 30 * SECOND
"""Never two pushes to one phone within this, unless it called in between (protocol §17)."""

MOST_PUSHES = 20
"""Since the phone last called: far from the 100 at which FCM drops all that wait."""


class PushResult(StrEnum):
    """`lost` and `misconfigured` are for good; `throttled` and `unavailable` pass."""

    ACCEPTED = "accepted"
    LOST = "lost"
    MISCONFIGURED = "misconfigured"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
