"""/app/integrations: connect HighLevel, see how it does, disconnect it; and the page that explains it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain.highlevel_app import SCOPES, authorize_link
from roost.usecases.connect_highlevel import connect, disconnect, standings, try_again
from roost.web.highlevel import AppOrNone, Mirrored, check_connecting, remember_connecting
from roost.web.visitor import PostedForm, SignedIn

router = pages_router()

HERE = "/app/integrations/highlevel"
CALLBACK = "/app/integrations/callback"
"""Without HighLevel's name: white-label apps must not show it (its App Review Guidelines, 1.2)."""


@router.get("/integrations/gohighlevel", summary="How to connect HighLevel")
async def explain(request: Request) -> Response:
    return page(request, "highlevel_guide.html", scopes=SCOPES, base_url=_base_url(request))


@router.get(HERE, summary="Integrations")
async def integrations(request: Request, visitor: SignedIn, found: AppOrNone) -> Response:
    base_url = _base_url(request)
    delivery_url = f"{base_url}/integrations/delivery/{found.delivery_secret}" if found is not None else None
    listed = standings(visitor.deps, visitor.account)
    answer = page(request, "highlevel.html", visitor, standings=listed, delivery_url=delivery_url, base_url=base_url)
    if found is not None:
        _allow_leaving_to(found.app.authorize_url, answer)
    return answer


@router.post(f"{HERE}/connect", summary="Go to HighLevel to choose a location")
async def begin(request: Request, posted: PostedForm, mirror: Mirrored) -> Response:
    state = posted.visitor.deps.entropy(16).hex()
    link = authorize_link(mirror.integration.app, _redirect_uri(request), state)
    answer = RedirectResponse(link, 303, headers={"cache-control": "no-store"})
    remember_connecting(request, answer, state)
    return answer


@router.get(CALLBACK, summary="HighLevel sends the person back")
async def finish(
    request: Request, visitor: SignedIn, mirror: Mirrored, code: str = "", state: str | None = None
) -> Response:
    check_connecting(request, state)
    connect(mirror.deps, mirror.integration, visitor.account, code, _redirect_uri(request))
    return go_to(HERE)


@router.post(HERE + "/{location_id}/disconnect", summary="Forget a location")
async def end(location_id: str, posted: PostedForm) -> Response:
    disconnect(posted.visitor.deps, posted.visitor.account, location_id)
    return go_to(HERE)


@router.post(HERE + "/{location_id}/retry", summary="Try again what was given up")
async def retry(location_id: str, posted: PostedForm) -> Response:
    try_again(posted.visitor.deps, posted.visitor.account, location_id)
    return go_to(HERE)


def _allow_leaving_to(url: str, answer: Response) -> None:
    """The form that connects ends at HighLevel, and browsers hold `form-action` against redirects, too."""
    to = urlsplit(url)
    policy = answer.headers["content-security-policy"]
    allowed = f"form-action 'self' {to.scheme}://{to.netloc};"
    answer.headers["content-security-policy"] = policy.replace("form-action 'self';", allowed)


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _redirect_uri(request: Request) -> str:
    return f"{_base_url(request)}{CALLBACK}"
