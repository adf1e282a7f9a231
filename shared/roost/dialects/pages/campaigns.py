"""/app/campaigns: those there are, the newest first, and a new draft."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.pages.campaign_draft import EMPTY, members_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.errors import InvalidRequest
from roost.domain.open_hours import EVERY_DAY
from roost.domain.templates import BUILT_IN
from roost.storage.contact_fields import field_names
from roost.usecases.manage_campaigns import create_campaign, list_campaigns
from roost.usecases.manage_lists import list_all_lists
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()

PAGE = 50


@router.get("/app/campaigns", summary="Campaigns")
async def campaigns(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor)


@router.post("/app/campaigns", summary="Make a draft")
async def make(request: Request, posted: PostedForm) -> Response:
    """Nothing leaves before it is started, on its own page."""
    visitor = posted.visitor
    try:
        made = create_campaign(visitor.deps, visitor.account, members_of(posted.fields))
    except InvalidRequest as problem:
        return _list(request, visitor, status=problem.status, problem=problem.detail, filled_in=posted.fields)
    return go_to(f"/app/campaigns/{ids.spell('cmp', made.id)}")


def form_values(visitor: Visitor) -> dict[str, Any]:
    """What the form of a draft offers."""
    known = field_names(visitor.deps.contacts, visitor.account)
    return {
        "lists": list_all_lists(visitor.deps, visitor.account),
        "known_fields": [*BUILT_IN, *sorted(known)],
        "days": EVERY_DAY,
        "problem": None,
    }


def _list(request: Request, visitor: Visitor, *, status: int = 200, **shown: Any) -> Response:
    before = ids.parse("cmp", request.query_params.get("before", ""))
    found, behind = list_campaigns(visitor.deps, visitor.account, PAGE, before)
    values: dict[str, Any] = {
        "campaigns": found,
        "older": ids.spell("cmp", behind) if behind is not None else None,
        "filled_in": EMPTY,
        **form_values(visitor),
    }
    return page(request, "campaigns.html", visitor, status=status, **values | shown)
