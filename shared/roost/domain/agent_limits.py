"""How often a key may send through tools: whatever an agent loops over, it does not empty a SIM."""

from __future__ import annotations

from collections.abc import Sequence

from roost.domain.errors import TooSoon
from roost.domain.instants import HOUR


class HourlyLimitReached(TooSoon):
    code, title = "hourly_limit_reached", "This key has sent as much as tools may in an hour"
    sentence = "This key has sent as much as tools may in an hour. Stop sending: the next may follow in {seconds} s"


def with_send(sent_at: Sequence[int], now: int, most: int) -> tuple[int, ...]:
    """The instants (ms) of the sends of the last 60 minutes, this one included. Raises HourlyLimitReached."""
    recent = sorted(instant for instant in sent_at if instant > now - HOUR)
    if len(recent) >= most:
        raise HourlyLimitReached.until(recent[len(recent) - most] + HOUR, now)
    return (*recent, now)
