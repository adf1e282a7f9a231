"""/app/campaigns/{campaign_id}: a draft with its preview; then how far it is, live, and what stops it."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.pages.campaign_draft import form_of, members_of
from roost.dialects.pages.campaigns import form_values
from roost.dialects.pages.plots import along
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.campaigns import Campaign, CampaignStatus
from roost.domain.errors import InternalError, InvalidRequest, NotFound, RoostError
from roost.usecases.campaign_progress import finishing_time, is_in_time, left_of, progress_of
from roost.usecases.manage_campaigns import (
    cancel_campaign,
    change_draft,
    find_campaign,
    pause_campaign,
    remove_draft,
    resume_campaign,
    start_campaign,
)
from roost.usecases.preview_campaign import preview_campaign
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()

MOVES = {"start": start_campaign, "pause": pause_campaign, "resume": resume_campaign, "cancel": cancel_campaign}
STATES = ("delivered", "sent", "sending", "waiting", "unknown", "expired", "canceled", "opted_out", "failed")
"""In the order of the picture: what is done left, what went wrong right."""

SHORTEST = 1
"""ms: a campaign that finishes in the moment it is looked at still has a time to draw."""


@router.get("/app/campaigns/{campaign_id}", summary="One campaign")
async def campaign(request: Request, campaign_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, _found(visitor, campaign_id))


@router.post("/app/campaigns/{campaign_id}", summary="Change a draft")
async def change(request: Request, campaign_id: str, posted: PostedForm) -> Response:
    visitor, found = posted.visitor, _found(posted.visitor, campaign_id)
    try:
        change_draft(visitor.deps, visitor.account, found.id, members_of(posted.fields))
    except InvalidRequest as problem:
        return _one(request, visitor, found, status=problem.status, problem=problem.detail, filled_in=posted.fields)
    return go_to(f"/app/campaigns/{campaign_id}")


@router.get("/app/campaigns/{campaign_id}/preview", summary="What starting it would do")
async def preview(request: Request, campaign_id: str, visitor: SignedIn) -> Response:
    found = _found(visitor, campaign_id)
    shown = preview_campaign(visitor.deps, found)
    return page(request, "campaign_preview.html", visitor, campaign=found, campaign_id=_spelled(found), preview=shown)


@router.get("/app/campaigns/{campaign_id}/progress", summary="How far it is, asked for again and again")
async def progress(request: Request, campaign_id: str, visitor: SignedIn) -> Response:
    found = _found(visitor, campaign_id)
    return page(request, "campaign_progress.html", visitor, **_progress(visitor, found))


@router.post("/app/campaigns/{campaign_id}/remove", summary="Delete a draft")
async def remove(campaign_id: str, posted: PostedForm) -> Response:
    remove_draft(posted.visitor.deps, posted.visitor.account, ids.parse("cmp", campaign_id))
    return go_to("/app/campaigns")


@router.post("/app/campaigns/{campaign_id}/{move}", summary="Start, pause, resume or cancel a campaign")
async def move(request: Request, campaign_id: str, move: str, posted: PostedForm) -> Response:
    visitor, found = posted.visitor, _found(posted.visitor, campaign_id)
    if move not in MOVES:
        raise NotFound(f"Nothing is done to a campaign by {move[:20]!r}")
    try:
        MOVES[move](visitor.deps, visitor.account, found.id)
    except RoostError as refusal:
        if refusal.status >= InternalError.status:
            raise
        return _one(request, visitor, _found(visitor, campaign_id), status=refusal.status, problem=refusal.detail)
    return go_to(f"/app/campaigns/{campaign_id}")


def _found(visitor: Visitor, campaign_id: str) -> Campaign:
    return find_campaign(visitor.deps, visitor.account, ids.parse("cmp", campaign_id))


def _spelled(found: Campaign) -> str:
    return ids.spell("cmp", found.id)


def _one(request: Request, visitor: Visitor, found: Campaign, *, status: int = 200, **shown: Any) -> Response:
    if found.status is CampaignStatus.DRAFT:
        values = {"campaign": found, "campaign_id": _spelled(found), "filled_in": form_of(found)}
        return page(request, "campaign_draft.html", visitor, status=status, **form_values(visitor) | values | shown)
    values = {"problem": None, **_progress(visitor, found)}
    return page(request, "campaign.html", visitor, status=status, **values | shown)


def _progress(visitor: Visitor, found: Campaign) -> dict[str, Any]:
    """`time`: from its start to now and on to its end, as far as the phones' pace tells one."""
    deps = visitor.deps
    counted = progress_of(deps, found)
    is_running = counted.status is CampaignStatus.RUNNING
    finishes_at = finishing_time(deps, counted, left_of(counted.counts)) if is_running else None
    passed = max(SHORTEST, deps.now() - (counted.started_at or deps.now()))
    return {
        "campaign": counted,
        "campaign_id": _spelled(counted),
        "counts": [(state, counted.counts[state]) for state in STATES if counted.counts.get(state)],
        "picture": along([(state, counted.counts.get(state, 0)) for state in STATES]),
        "finishes_at": finishes_at,
        "in_time": not is_running or is_in_time(deps, counted, finishes_at),
        "time": along([("past", passed), ("ahead", max(0, finishes_at - deps.now()))]) if finishes_at else None,
    }
