"""What is written of a campaign follows its state: lanes wait, go on or end, and of one that is canceled also what
phones hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from roost.domain.batches import OPEN_LANES, Lane, LaneStatus
from roost.domain.campaigns import Campaign, CampaignPage, CampaignStatus
from roost.domain.errors import AlreadyFinal, TryLater
from roost.runtime.deps import Deps
from roost.storage.batches import lanes_of
from roost.storage.campaigns import change_campaign, pages_of
from roost.storage.conditional import ConditionFailed
from roost.usecases.campaign_hours import pause_lane, resume_lane
from roost.usecases.cancel_message import cancel_message
from roost.usecases.close_lanes import close
from roost.usecases.groups import messages_of_group

Step = Callable[[], bool]
"""Says whether it could be done to its end; done twice it changes nothing."""


def follow(deps: Deps, campaign: Campaign, stop_at: int) -> Campaign | None:
    """The campaign, every page as its state has it. None when time ran out first, or somebody was faster: the next look
    goes on behind the steps that were noted, however many pages there are."""
    done = campaign.followed
    for step in _steps(deps, campaign, stop_at)[done:]:
        if deps.now() > stop_at or not step():
            _noted(deps, campaign, done)
            return None
        done += 1
    return _noted(deps, campaign, done)


def _steps(deps: Deps, campaign: Campaign, stop_at: int) -> Sequence[Step]:
    """In an order that stays: pages come behind those that are there. Of a canceled campaign all lanes are closed
    first: as long as one that gives out nothing stands before others, phones get nothing of them."""
    pages = pages_of(deps.contacts, campaign.account, campaign.id)
    if campaign.status is CampaignStatus.CANCELED:
        closing = [partial(_close_lanes, deps, campaign, page) for page in pages]
        return [*closing, *(partial(_cancel_messages, deps, campaign, page, stop_at) for page in pages)]
    change = partial(resume_lane, campaign=campaign) if campaign.status is CampaignStatus.RUNNING else pause_lane
    return [partial(_change_lanes, deps, campaign, page, change) for page in pages]


def _change_lanes(deps: Deps, campaign: Campaign, page: CampaignPage, change: Callable[[Deps, Lane], object]) -> bool:
    if not page.counts:
        for lane in lanes_of(deps.messages, campaign.account, page.base):
            change(deps, lane)
    return True


def _close_lanes(deps: Deps, campaign: Campaign, page: CampaignPage) -> bool:
    lanes = [] if page.counts else lanes_of(deps.messages, campaign.account, page.base)
    return all(close(deps, lane, LaneStatus.CANCELED, None) for lane in lanes if lane.status in OPEN_LANES)


def _cancel_messages(deps: Deps, campaign: Campaign, page: CampaignPage, stop_at: int) -> bool:
    """Its lanes are closed, so what is looked at does not grow. A message that a claim took and has not written yet is
    canceled, too: one of the two writes it first, and the other finds it."""
    for message in [] if page.counts else messages_of_group(deps, campaign.account, page.base):
        if deps.now() > stop_at:
            return False
        if message.is_final or (message.is_written and message.cancel_requested_at is not None):
            continue
        try:
            cancel_message(deps, campaign.account, message.id)
        except AlreadyFinal:  # it ended meanwhile
            continue
        except TryLater:
            return False
    return True


def _noted(deps: Deps, campaign: Campaign, done: int) -> Campaign | None:
    """With how many steps need no other look; None when somebody else wrote first. Not noted they are taken again."""
    if done == campaign.followed:
        return campaign
    after = replace(campaign, followed=done)
    try:
        change_campaign(deps.contacts, campaign, after)
    except ConditionFailed:
        return None
    return replace(after, revision=campaign.revision + 1)
