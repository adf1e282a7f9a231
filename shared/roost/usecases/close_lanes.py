"""End what nobody claimed of a batch: at once for every reader, then message by message for what follows the stream."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.batches import CLOSED, OPEN_LANES, Lane, LaneStatus
from roost.runtime.deps import Deps
from roost.storage.batches import get_lane, lanes_of, messages_of_lane
from roost.storage.conditional import ConditionFailed
from roost.storage.lanes import change_lane
from roost.storage.messages import put_new_message
from roost.storage.queues import Waiting
from roost.usecases.campaign_hours import after_hours

MOST_WRITES = 500
"""Messages written in one look: a few seconds, so that one batch does not hold the sweep up."""

TRIES = 10
"""A lane that many phones pull from changes several times a second while it is being closed."""


def close_lane(deps: Deps, account: str, entry: Waiting, outcome: LaneStatus, error: str | None) -> bool:
    """The lane of a queue's entry. False when it was closed or used up before."""
    for _ in range(TRIES):
        lane = get_lane(deps.messages, account, entry.message_id, entry.lane or 0)
        if lane is None or lane.status not in OPEN_LANES:
            return False
        if close(deps, lane, outcome, error):
            return True
    return False


def close(deps: Deps, lane: Lane, outcome: LaneStatus, error: str | None) -> bool:
    """One write: from now on no claim gets anything of it. False when it changed since it was read."""
    closed = replace(lane, status=outcome, closed_at=deps.now(), error=error)
    try:
        change_lane(deps.messages, lane, closed)
    except ConditionFailed:
        return False
    return True


def settle_batch(deps: Deps, account: str, base: int) -> int | None:
    """Close what is overdue, and write out what was closed; the instant of the next look, None when there is none."""
    now, budget = deps.now(), MOST_WRITES
    looks = []
    for lane in lanes_of(deps.messages, account, base):
        if lane.status in OPEN_LANES and now >= lane.expires_at:
            close(deps, lane, LaneStatus.EXPIRED, "too_late")
            looks.append(now)
        elif lane.status in OPEN_LANES:
            looks.append(after_hours(deps, lane))
        elif lane.status in CLOSED:
            looks += [now] if budget <= 0 or _write_out(deps, lane, budget) else []
            budget -= lane.left
    return min(looks, default=None)


def _write_out(deps: Deps, lane: Lane, most: int) -> bool:
    """Some of what no phone got becomes items that say how they ended; one that is an item already says so itself.
    Whether there is more."""
    rest = list(messages_of_lane(deps.messages, lane, lane.cursor, most))
    for message in rest:
        try:
            put_new_message(deps.messages, replace(message, revision=1))
        except ConditionFailed:
            continue
    cursor = lane.cursor + len(rest)
    done = cursor >= lane.count
    after = replace(lane, cursor=cursor, status=LaneStatus.DONE if done else lane.status)
    try:
        change_lane(deps.messages, lane, after)
    except ConditionFailed:
        return True
    return not done
