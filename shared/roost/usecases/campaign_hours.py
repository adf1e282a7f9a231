"""Lanes of a campaign keep its hours: at their end they wait for the next; a pause takes them out of every queue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from roost.domain.batches import PULLED, Lane, LaneStatus
from roost.domain.campaigns import Campaign, CampaignStatus
from roost.domain.instants import MINUTE
from roost.domain.open_hours import next_span
from roost.runtime.deps import Deps
from roost.storage.batches import get_lane
from roost.storage.campaigns import get_campaign
from roost.storage.checks import Check, look_again
from roost.storage.conditional import ConditionFailed
from roost.storage.lanes import change_lane

if TYPE_CHECKING:  # the client behind it is opened in few functions
    from roost.outbound.executions import Executions

LOOK_AGAIN_AFTER = 10 * MINUTE
TRIES = 10


def within_hours(lane: Lane, campaign: Campaign, now: int) -> Lane:
    """The lane as it waits for the campaign's next hours, or is pulled from in those that are. Hours that never come
    are refused before there is a lane."""
    span = next_span(campaign.window, lane.zones, now, by_day=campaign.by_day)
    if span is None:
        return lane
    if span.opens > now:
        return replace(lane, status=LaneStatus.SCHEDULED, due_at=span.opens, closes_at=span.closes, released_at=None)
    return replace(lane, status=LaneStatus.DISPATCHING, closes_at=span.closes, released_at=now)


def after_hours(deps: Deps, lane: Lane) -> int:
    """The instant of the next look at an open lane. One whose hours are over is put off until they come again."""
    now = deps.now()
    if lane.campaign is None or lane.closes_at is None or lane.status is LaneStatus.PAUSED:
        return lane.expires_at
    if now < lane.closes_at:
        return lane.leaves_until
    campaign = get_campaign(deps.contacts, lane.account, lane.campaign)
    if campaign is None:
        return lane.expires_at
    after = within_hours(lane, campaign, now)
    try:
        change_lane(deps.messages, lane, after)
    except ConditionFailed:
        return now
    return after.leaves_until


def pause_lane(deps: Deps, lane: Lane | None) -> None:
    """Nobody pulls from it, and nothing makes it due."""
    for _ in range(TRIES):
        if lane is None or not (lane.status in PULLED or lane.status is LaneStatus.SCHEDULED):
            return
        try:
            change_lane(deps.messages, lane, replace(lane, status=LaneStatus.PAUSED))
        except ConditionFailed:
            lane = get_lane(deps.messages, lane.account, lane.base, lane.number)
        else:
            return


def resume_lane(deps: Deps, lane: Lane, campaign: Campaign) -> None:
    """Who changes it meanwhile closes it or has resumed it."""
    if lane.status is not LaneStatus.PAUSED:
        return
    try:
        change_lane(deps.messages, lane, within_hours(lane, campaign, deps.now()))
    except ConditionFailed:
        return


def look_after_campaign(deps: Deps, executions: Executions, check: Check) -> None:
    """While it runs its machine does; one that is lost is started again."""
    campaign = get_campaign(deps.contacts, check.account, check.campaign or 0)
    if campaign is None or campaign.status is CampaignStatus.DRAFT:
        return
    executions.run_campaign(campaign.account, campaign.id, campaign.epoch, campaign.moved_at)
    if campaign.status is CampaignStatus.RUNNING:
        look_again(deps.devices, check, deps.now(), LOOK_AGAIN_AFTER)
