"""A page of one shard of an account, newest first."""

from __future__ import annotations

from collections.abc import Callable

from roost.domain import ids
from roost.domain.instants import DAY, day_of, day_start
from roost.domain.messages import Message
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.shard_pages import shard_newest_first

MOST_EXAMINED = 1_000
MOST_DAYS = 60
"""Where little matches a page stops here and hands out a cursor: no request reads without end."""


def page_of_shard(
    deps: Deps,
    account: str,
    shard: int,
    matches: Callable[[Message], bool],
    limit: int,
    before: int | None,
    since: int | None = None,
) -> tuple[list[Message], int | None]:
    """And the id to go on below; None when there is nothing older. `since`: an instant before which nothing matches."""
    owner = get_account(deps.accounts, account)
    first_day = max(owner.created_at if owner else 0, since or 0)
    newest = ids.message_id(deps.now() + DAY, serial=0)
    below = min(before, newest) if before is not None else newest
    last_day = max(first_day, ids.created_at(below) - MOST_DAYS * DAY)
    page: list[Message] = []
    for examined, found in enumerate(shard_newest_first(deps.messages, account, shard, below, last_day), start=1):
        if matches(found):
            page.append(found)
        if len(page) == limit or examined == MOST_EXAMINED:
            return page, found.id
    has_older = day_of(first_day) < day_of(last_day)
    return page, ids.message_id(day_start(last_day), serial=0) if has_older else None
