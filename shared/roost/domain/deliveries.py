"""One attempt to deliver an event, what came of it, and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.instants import DAY, HOUR, MINUTE, SECOND

RETRY_AFTER = (
    5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
)  # fmt: skip
"""The pause after the first, second, … failed attempt (the example schedule of Standard Webhooks 1.0.0). The
last repeats."""

JITTER_PERCENT = 10
"""Each pause is up to this much shorter or longer, so that receivers that failed together are not asked together."""

LONGEST_RETRY_AFTER = 24 * HOUR
GIVE_UP_AFTER = 5 * DAY
"""An endpoint that has only failed for this long is disabled."""

MOST_TRIES = len(RETRY_AFTER) + 1
"""Of one event whose endpoint takes others: the event is then listed as given up. A dead endpoint uses nothing up."""

TOTAL_SECONDS = 10.0
SHOWN_BYTES = 1_024
"""Of a receiver's answer."""

BUSY = frozenset({429, 502, 503, 504})
"""Answers that say something about the whole receiver, not about this event."""

GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status`: of the HTTP answer, None if there was none, and `error` then says why (`timeout`, `dns`, `connect`,
    `tls`, `refused_address`, `protocol`). `answer`: its beginning. `retry_after`: seconds the receiver asked for."""

    milliseconds: int
    status: int | None = None
    error: str | None = None
    answer: str = ""
    retry_after: int | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_about_this_event(self) -> bool:
        """The receiver is up and refused this one: others may still pass."""
        return self.status is not None and not self.delivered and self.status not in BUSY and self.status != GONE


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line of the endpoint's log. `at`: its start in ms."""

    event_id: str
    event_type: str
    sequence: int
    at: int
    outcome: Outcome
    given_up: bool = False


def pause_after(tries: int, retry_after: int | None, entropy: bytes) -> int:
    """Milliseconds until the next attempt after `tries` failed ones. `entropy`: two random bytes for the jitter.

    A receiver's Retry-After (seconds) lengthens the pause; it never shortens it, or one that always asks for a second
    would be asked 86,400 times a day.
    """
    planned = RETRY_AFTER[min(max(tries, 1), len(RETRY_AFTER)) - 1]
    spread = 2 * JITTER_PERCENT * planned // 100
    jittered = planned - spread // 2 + spread * int.from_bytes(entropy) // 0xFFFF
    return max(jittered, min((retry_after or 0) * SECOND, LONGEST_RETRY_AFTER))
