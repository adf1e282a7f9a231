"""The limits of one key: requests in any 60 s, requests in a UTC day, and what its messages may cost in all.

The 60 seconds roll, exactly. A key limited to n a minute has n slots, each with the time it was last taken. A request
takes one that was not taken for 60 s; any of them will do, so requests at the same moment seldom want the same one. If
there is none, n requests lie in the last 60 s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from roost.domain.errors import DailyLimitReached, Quota, RateLimited, SpendingLimitReached
from roost.domain.instants import DAY, MINUTE, SECOND, day_of, day_start, rfc3339
from roost.domain.money import Cost, dollars

WINDOW = MINUTE
HIGHEST_PER_MINUTE = 1_000
"""Every request of the key writes all its slots, 7 bytes each (measured): 7 write units at this limit, 1 up to 120."""


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """None: unlimited. `spending`: micro-USD over the whole life of the key. `addresses`: networks; empty means any."""

    per_minute: int | None = None
    per_day: int | None = None
    spending: int | None = None
    addresses: tuple[str, ...] = ()

    @property
    def count(self) -> bool:
        """Whether a request has to be counted."""
        return (self.per_minute, self.per_day, self.spending) != (None, None, None)


NO_LIMITS = KeyLimits()


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What a key has used. `slots`: when each was last taken, ms, 0 for never; as many as the limit of a minute.
    `day_count`: of the UTC day `day`. `spent`: micro-USD. `last_used_at`: 0 for never."""

    slots: tuple[int, ...] = ()
    day: str = ""
    day_count: int = 0
    spent: int = 0
    last_used_at: int = 0

    def counted_on(self, now: int) -> int:
        return self.day_count if self.day >= day_of(now) else 0


def new_slots(per_minute: int | None, former: tuple[int, ...] = ()) -> tuple[int, ...]:
    """As many slots as the limit says; the newest of the former ones stay taken."""
    taken = sorted(former, reverse=True)[:per_minute] if per_minute else []
    return (*taken, *(0 for _ in range((per_minute or 0) - len(taken))))


def free_slots(use: KeyUse, now: int) -> list[int]:
    return [index for index, taken in enumerate(use.slots) if taken <= now - WINDOW]


def requests_in(cost: Cost) -> int:
    """What a request counts in the limit of a day: each message, or one for a request that sends nothing."""
    return max(cost.messages, 1)


def check_key_limits(limits: KeyLimits, use: KeyUse, cost: Cost, now: int) -> None:
    """Raises RateLimited, DailyLimitReached or SpendingLimitReached if the request is one too many."""
    if use.slots and not free_slots(use, now):
        wait = _seconds(min(use.slots) + WINDOW - now)
        detail = f"This key may call {len(use.slots)} times in 60 s: try again in {wait} s"
        raise RateLimited(detail, wait, quotas_of(limits, use, now))
    if limits.per_day is not None and use.counted_on(now) + requests_in(cost) > limits.per_day:
        midnight = day_start(now) + DAY
        detail = f"This key may send or ask {limits.per_day} times a day (UTC): it goes on at {rfc3339(midnight)}"
        raise DailyLimitReached(detail, _seconds(midnight - now), quotas_of(limits, use, now))
    is_free = cost.price.micro_usd == 0
    if limits.spending is not None and not is_free and use.spent + cost.price.micro_usd > limits.spending:
        left = dollars(max(limits.spending - use.spent, 0))
        raise SpendingLimitReached(f"This key may spend {left} USD more, this costs {dollars(cost.price.micro_usd)}")


def with_request(use: KeyUse, cost: Cost, slot: int | None, now: int) -> KeyUse:
    """The use once a request that took `slot` is counted."""
    slots = tuple(now if index == slot else taken for index, taken in enumerate(use.slots))
    count = use.counted_on(now) + requests_in(cost)
    return replace(use, slots=slots, day=max(use.day, day_of(now)), day_count=count)


def quotas_of(limits: KeyLimits, use: KeyUse, now: int) -> tuple[Quota, ...]:
    """How much is left of each limit of time, for the RateLimit headers."""
    quotas = []
    if use.slots:
        free = len(free_slots(use, now))
        oldest = min((taken for taken in use.slots if taken > now - WINDOW), default=now - WINDOW)
        quotas.append(Quota("minute", len(use.slots), WINDOW // SECOND, free, _seconds(oldest + WINDOW - now)))
    if limits.per_day is not None:
        left = max(limits.per_day - use.counted_on(now), 0)
        quotas.append(Quota("day", limits.per_day, DAY // SECOND, left, _seconds(day_start(now) + DAY - now)))
    return tuple(quotas)


def _seconds(milliseconds: int) -> int:
    """Rounded up: who waits that long is not too early."""
    return -(-milliseconds // SECOND)
