"""/app/settings: the account, its language, and what its new phones start with."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.pages.form_values import whole_number
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain.errors import InvalidRequest, NeedsAcknowledgement
from roost.domain.phone_defaults import PhoneDefaults
from roost.usecases.phone_defaults import change_phone_defaults, read_phone_defaults
from roost.usecases.read_account import read_account
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()


@router.get("/app/settings", summary="Settings")
async def settings(request: Request, visitor: SignedIn) -> Response:
    return _settings(request, visitor)


@router.post("/app/settings", summary="Change the settings")
async def change(request: Request, posted: PostedForm) -> Response:
    """What loosens the careful defaults is shown with its warning first, and done when that is ticked."""
    visitor, fields = posted.visitor, posted.fields
    try:
        wanted = PhoneDefaults(
            gap_seconds=whole_number("gap_seconds", fields.get("gap_seconds", "")),
            daily_cap=whole_number("daily_cap", fields.get("daily_cap", "")),
            timezone=fields.get("timezone", ""),
        )
        acknowledged = "acknowledge" in fields
        change_phone_defaults(visitor.deps, visitor.account, wanted, acknowledged=acknowledged)
    except NeedsAcknowledgement as warning:
        return _settings(request, visitor, status=409, warning=warning.detail, filled_in=fields)
    except InvalidRequest as problem:
        return _settings(request, visitor, status=422, problem=problem.detail, filled_in=fields)
    return go_to("/app/settings")


@router.get("/app/integrations", summary="Integrations")
async def integrations(request: Request, visitor: SignedIn) -> Response:
    return page(request, "integrations.html", visitor)


def _settings(request: Request, visitor: Visitor, *, status: int = 200, **shown: Any) -> Response:
    values: dict[str, Any] = {
        "state": read_account(visitor.deps, visitor.account),
        "defaults": read_phone_defaults(visitor.deps, visitor.account),
        "warning": None,
        "problem": None,
        "filled_in": {},
    }
    return page(request, "settings.html", visitor, status=status, **values | shown)
