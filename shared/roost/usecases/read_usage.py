"""What an account used, counted from its messages when somebody looks (decision 0027)."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain import ids
from roost.domain.instants import DAY, day_start
from roost.domain.usage import DAYS_SHOWN, SETTLED_AFTER, DayUsage, Tally, tally_of
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.message_pages import newest_first
from roost.storage.usage import days_from, put_day

MOST_EXAMINED = 5_000
"""Of one look, among young days and again among settled ones: 10 MB or so, and under a tenth of a cent."""


@dataclass(frozen=True, slots=True)
class Usage:
    """`days`: newest first. `is_whole`: every message of them is counted; else another look goes on where this one
    stopped, for days that have settled."""

    days: tuple[DayUsage, ...]
    is_whole: bool


def read_usage(deps: Deps, account: str) -> Usage:
    today = day_start(deps.now())
    owner = get_account(deps.accounts, account)
    oldest = max(today - (DAYS_SHOWN - 1) * DAY, day_start(owner.created_at) if owner else today)
    known = days_from(deps.accounts, account, oldest)
    left = dict.fromkeys((False, True), MOST_EXAMINED)
    days: list[DayUsage] = []
    for day in range(today, oldest - 1, -DAY):
        usage = known.get(day) or DayUsage(day, below=ids.message_id(day + DAY, 0))
        is_settled = day + DAY + SETTLED_AFTER <= deps.now()
        if usage.below is not None and left[is_settled]:
            usage, left[is_settled] = _count(deps, account, usage, usage.below, left[is_settled])
            if is_settled:
                put_day(deps.accounts, account, usage)
        days.append(usage)
    return Usage(tuple(days), is_whole=all(usage.below is None for usage in days))


def _count(deps: Deps, account: str, usage: DayUsage, below: int, left: int) -> tuple[DayUsage, int]:
    """The day with up to `left` more messages counted, and what is left of them then."""
    phones = dict(usage.phones)
    for message in newest_first(deps.messages, account, below, ids.message_id(usage.day, 0)):
        if left == 0:
            return DayUsage(usage.day, phones, below), left
        number, below = message.phone or 0, message.id
        phones[number] = phones.get(number, Tally()) + tally_of(message)
        left -= 1
    return DayUsage(usage.day, phones), left
