"""What is written of a campaign follows its state: lanes wait, go on or end, and of one that is canceled also what
phones hold."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.batches import LaneStatus
from roost.domain.campaigns import Campaign, CampaignPage, CampaignStatus
from roost.domain.errors import AlreadyFinal, TryLater
from roost.runtime.deps import Deps
from roost.storage.batches import lanes_of
from roost.storage.campaigns import change_campaign, pages_of
from roost.storage.conditional import ConditionFailed
from roost.usecases.campaign_hours import pause_lane, resume_lane
from roost.usecases.cancel_message import cancel_message
from roost.usecases.close_lanes import close, is_open
from roost.usecases.groups import messages_of_group


def follow(deps: Deps, campaign: Campaign, stop_at: int) -> bool:
    """Every page as the campaign's state has it. False when time ran out first, or somebody was faster: the next look
    goes on."""
    if campaign.status is CampaignStatus.CANCELED:
        return _cancel(deps, campaign, stop_at)
    for page in _open_pages(deps, campaign):
        if deps.now() > stop_at:
            return False
        for lane in lanes_of(deps.messages, campaign.account, page.base):
            if campaign.status is CampaignStatus.RUNNING:
                resume_lane(deps, lane, campaign)
            else:
                pause_lane(deps, lane)
    return True


def _open_pages(deps: Deps, campaign: Campaign) -> list[CampaignPage]:
    return [page for page in pages_of(deps.contacts, campaign.account, campaign.id) if not page.counts]


def _cancel(deps: Deps, campaign: Campaign, stop_at: int) -> bool:
    done = campaign.canceled_pages
    for page in _open_pages(deps, campaign):
        if page.number <= done:
            continue
        if not _cancel_page(deps, campaign, page, stop_at):
            _note(deps, campaign, done)
            return False
        done = page.number
    return True


def _cancel_page(deps: Deps, campaign: Campaign, page: CampaignPage, stop_at: int) -> bool:
    """Lanes first, so that what is looked at afterwards does not grow. A message that a claim took and has not written
    yet is canceled, too: one of the two writes it first, and the other finds it."""
    for lane in lanes_of(deps.messages, campaign.account, page.base):
        if is_open(lane) and not close(deps, lane, LaneStatus.CANCELED, None):
            return False
    for message in messages_of_group(deps, campaign.account, page.base):
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


def _note(deps: Deps, campaign: Campaign, done: int) -> None:
    """How many pages need no other look. Not noted they are looked at again, and nothing is done twice."""
    if done == campaign.canceled_pages:
        return
    try:
        change_campaign(deps.contacts, campaign, replace(campaign, canceled_pages=done))
    except ConditionFailed:
        return
