"""What an account has sent, in numbered pages with a total, as clients with a page number want it.

Whoever lists everything goes on by cursor instead (`list_messages`): a page number has to count what it skips.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from roost.domain.instants import DAY
from roost.domain.messages import Message, MessageStatus
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.numbered_pages import get_messages, sent_ids

MOST_LISTED = 10_000
DAYS_LISTED = 90
"""How far numbered pages reach back: 600 read units and some 100 calls at worst, whatever is stored beyond."""


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """`total`: of all pages together; `number`: from 1."""

    messages: list[Message]
    number: int
    size: int
    total: int


def page_of_sent(
    deps: Deps, account: str, statuses: Collection[MessageStatus] | None, number: int, size: int
) -> NumberedPage:
    """Newest first, among the newest MOST_LISTED messages of the last DAYS_LISTED days. `total` counts exactly those:
    all pages together show each of them once. A page after the last one is empty."""
    owner = get_account(deps.accounts, account)
    newest = deps.now() + DAY  # a server whose clock is ahead names days by it
    oldest = max(owner.created_at if owner else 0, deps.now() - DAYS_LISTED * DAY)
    found = sent_ids(deps.messages, account, statuses, newest, oldest, MOST_LISTED)
    first = (number - 1) * size
    return NumberedPage(get_messages(deps.messages, account, found[first : first + size]), number, size, len(found))
