"""/v1/campaigns."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from roost.dialects.eightms.campaign_view import (
    CampaignView,
    FilterModel,
    PreviewView,
    WindowModel,
    campaign_view,
    filter_of,
    preview_view,
    window_of,
)
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.campaigns import Campaign, CampaignStatus
from roost.domain.errors import InvalidRequest
from roost.usecases.campaign_progress import finishing_time, is_in_time, left_of, progress_of
from roost.usecases.manage_campaigns import (
    cancel_campaign,
    change_draft,
    create_campaign,
    find_campaign,
    list_campaigns,
    pause_campaign,
    remove_draft,
    resume_campaign,
    start_campaign,
)
from roost.usecases.preview_campaign import preview_campaign
from roost.web.caller import Caller, caller_with

router = eightms_router("Campaigns")

Reader = Annotated[Caller, Depends(caller_with(Scope.CAMPAIGNS_READ))]
Owner = Annotated[Caller, Depends(caller_with(Scope.CAMPAIGNS_MANAGE))]

TEMPLATE = (
    "What each contact gets. `{{first_name|there}}` stands for what is known about it: name, first_name, last_name, "
    "email, phone or a field of your own; behind the bar what is written where nothing is known. Without a bar such a "
    "contact gets nothing and is counted as missing_field."
)


class CampaignChange(Strict):
    """What is left out stays; null takes the send window away."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    template: str | None = Field(default=None, min_length=1, max_length=1_600, description=TEMPLATE)
    contact_filter: FilterModel | None = None
    send_window: WindowModel | None = None
    recipient_hours: bool | None = Field(
        default=None,
        description="Only from 8 to 21 o'clock where the recipient is: in every zone that its number may be in",
    )


class CampaignRequest(CampaignChange):
    name: str = Field(min_length=1, max_length=100, examples=["Spring sale"])
    template: str = Field(
        min_length=1, max_length=1_600, description=TEMPLATE, examples=["Hi {{first_name|there}}, sale ends tonight"]
    )
    contact_filter: FilterModel = Field(default_factory=FilterModel)
    recipient_hours: bool = True


class CampaignPageView(BaseModel):
    """`next_cursor`: give it back as `cursor` for more; null at the end."""

    data: list[CampaignView]
    next_cursor: str | None


@router.post("/campaigns", status_code=201, responses=problems(404), summary="Create a campaign")
async def create(request: CampaignRequest, caller: Owner) -> CampaignView:
    """A draft: nothing leaves before it is started."""
    return campaign_view(create_campaign(caller.deps, caller.account, _members(request)))


@router.get("/campaigns", responses=problems(), summary="List campaigns, newest first")
async def list_all(
    caller: Reader, limit: Annotated[int, Query(ge=1, le=100)] = 50, cursor: str | None = None
) -> CampaignPageView:
    """`counts` are those that the campaign's run noted last; one campaign by its id is counted anew."""
    before = ids.parse("cmp", cursor) if cursor is not None else None
    if cursor is not None and before is None:
        raise InvalidRequest.of("cursor", "is no cursor of ours: give back next_cursor as it was")
    page, behind = list_campaigns(caller.deps, caller.account, limit, before)
    next_cursor = ids.spell("cmp", behind) if behind is not None else None
    return CampaignPageView(data=[campaign_view(campaign) for campaign in page], next_cursor=next_cursor)


@router.get("/campaigns/{campaign_id}", responses=problems(404), summary="One campaign and how far it is")
async def read_one(campaign_id: str, caller: Reader) -> CampaignView:
    return _as_it_is(caller, find_campaign(caller.deps, caller.account, ids.parse("cmp", campaign_id)))


@router.patch("/campaigns/{campaign_id}", responses=problems(404, 409, 503), summary="Change a draft")
async def change(campaign_id: str, request: CampaignChange, caller: Owner) -> CampaignView:
    changes = _members(request)
    return campaign_view(change_draft(caller.deps, caller.account, ids.parse("cmp", campaign_id), changes))


@router.delete("/campaigns/{campaign_id}", status_code=204, responses=problems(404, 409, 503), summary="Delete a draft")
async def remove(campaign_id: str, caller: Owner) -> None:
    remove_draft(caller.deps, caller.account, ids.parse("cmp", campaign_id))


@router.post("/campaigns/{campaign_id}/preview", responses=problems(404), summary="What starting it would do")
async def preview(campaign_id: str, caller: Reader) -> PreviewView:
    """Who gets it and who does not, with examples, segments, and when the phones can be through."""
    campaign = find_campaign(caller.deps, caller.account, ids.parse("cmp", campaign_id))
    return preview_view(preview_campaign(caller.deps, campaign))


@router.post("/campaigns/{campaign_id}/start", responses=problems(404, 409, 503), summary="Start a campaign")
async def start(campaign_id: str, caller: Owner) -> CampaignView:
    """Once: each contact that matches at that time gets one message, within the hours, as fast as the phones may."""
    return campaign_view(start_campaign(caller.deps, caller.account, ids.parse("cmp", campaign_id)))


@router.post("/campaigns/{campaign_id}/pause", responses=problems(404, 409, 503), summary="Pause a campaign")
async def pause(campaign_id: str, caller: Owner) -> CampaignView:
    """At once for what no phone holds; a phone holds ten messages at most, and those still leave."""
    return campaign_view(pause_campaign(caller.deps, caller.account, ids.parse("cmp", campaign_id)))


@router.post("/campaigns/{campaign_id}/resume", responses=problems(404, 409, 503), summary="Resume a campaign")
async def resume(campaign_id: str, caller: Owner) -> CampaignView:
    """Look at `in_time`: the pause counts towards the 30 days after which what is not sent expires."""
    return _as_it_is(caller, resume_campaign(caller.deps, caller.account, ids.parse("cmp", campaign_id)))


@router.post("/campaigns/{campaign_id}/cancel", responses=problems(404, 409, 503), summary="Cancel a campaign")
async def cancel(campaign_id: str, caller: Owner) -> CampaignView:
    """For good: what no phone holds ends as canceled. A phone is asked to drop what it holds, ten messages at most;
    what left before it heard of that ends as sent."""
    return campaign_view(cancel_campaign(caller.deps, caller.account, ids.parse("cmp", campaign_id)))


def _as_it_is(caller: Caller, found: Campaign) -> CampaignView:
    campaign = progress_of(caller.deps, found)
    if campaign.status is not CampaignStatus.RUNNING:
        return campaign_view(campaign)
    finishes_at = finishing_time(caller.deps, campaign, left_of(campaign.counts))
    return campaign_view(campaign, finishes_at, is_in_time(caller.deps, campaign, finishes_at))


def _members(request: CampaignChange) -> dict[str, Any]:
    """As the campaign has them; null means nothing but for the window."""
    given = request.model_fields_set
    members: dict[str, Any] = {name: getattr(request, name) for name in ("name", "template") if name in given}
    if "contact_filter" in given and request.contact_filter is not None:
        members["audience"] = filter_of(request.contact_filter)
    if "send_window" in given:
        members["window"] = window_of(request.send_window) if request.send_window is not None else None
    if "recipient_hours" in given:
        members["by_day"] = request.recipient_hours
    nothing = sorted(name for name, value in members.items() if value is None and name != "window")
    if nothing:
        raise InvalidRequest.of(nothing[0], "must not be null: leave it out and it stays as it is")
    return members
