"""What left, arrived and failed, by day and phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from roost.domain.instants import DAY, HOUR, MINUTE, SECOND
from roost.domain.messages import Direction, Kind, Message, MessageStatus

DAYS_SHOWN = 30
SETTLED_AFTER = 4 * DAY
"""A message lives three days at most: what was accepted before changes only by a report that comes very late."""

DELIVERY_STEPS = (10 * SECOND, MINUTE, 5 * MINUTE, HOUR)
"""Ends of the spans that deliveries are sorted into; the last span has no end."""

LEFT = frozenset({MessageStatus.SENT, MessageStatus.UNDELIVERED, MessageStatus.DELIVERED})
FAILED = frozenset({MessageStatus.FAILED, MessageStatus.EXPIRED, MessageStatus.UNDELIVERED})


@dataclass(frozen=True, slots=True)
class Tally:
    """`sent`: handed to the carrier, delivered or not; `failed`: also what the carrier could not deliver. `micro_usd`:
    by the price list. `delivered_within`: deliveries by the spans of DELIVERY_STEPS."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    received: int = 0
    micro_usd: int = 0
    delivered_within: tuple[int, ...] = (0,) * (len(DELIVERY_STEPS) + 1)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sent + other.sent,
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.received + other.received,
            self.micro_usd + other.micro_usd,
            tuple(map(sum, zip(self.delivered_within, other.delivered_within, strict=True))),
        )

    @property
    def delivery_percent(self) -> int | None:
        """Of what left a phone; None while nothing did."""
        return self.delivered * 100 // self.sent if self.sent else None


@dataclass(frozen=True, slots=True)
class DayUsage:
    """`day`: its first instant, UTC. `phones`: by number, 0 for what no phone was bound to. `below`: messages with ids
    under it are not counted yet; None: all are."""

    day: int
    phones: Mapping[int, Tally] = field(default_factory=dict)
    below: int | None = None

    @property
    def total(self) -> Tally:
        return total_of(self.phones.values())


def total_of(tallies: Iterable[Tally]) -> Tally:
    return reduce(Tally.__add__, tallies, Tally())


def tally_of(message: Message) -> Tally:
    """USSD codes and calls are no messages."""
    if message.kind not in (Kind.SMS, Kind.MMS):
        return Tally()
    if message.direction is Direction.IN:
        return Tally(received=1)
    return Tally(
        sent=int(message.status in LEFT),
        delivered=int(message.status is MessageStatus.DELIVERED),
        failed=int(message.status in FAILED),
        micro_usd=message.price if message.status in LEFT else 0,
        delivered_within=_spans_of(message),
    )


def _spans_of(message: Message) -> tuple[int, ...]:
    """Of the time between the instant it should leave and its delivery."""
    if message.status is not MessageStatus.DELIVERED:
        return Tally().delivered_within
    took = message.moves[MessageStatus.DELIVERED] - max(message.created_at, message.due_at)
    place = sum(took > step for step in DELIVERY_STEPS)
    return tuple(int(place == span) for span in range(len(DELIVERY_STEPS) + 1))
