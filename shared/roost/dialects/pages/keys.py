"""/app/keys: make an API key, see it once, revoke it."""

from __future__ import annotations

from fastapi import Request, Response

from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.usecases.manage_keys import NewKey, create_key, list_keys, revoke_key
from roost.web.visitor import PostedForm, SignedIn

router = pages_router()

LONGEST_NAME = 80


@router.get("/app/keys", summary="API keys")
async def keys(request: Request, visitor: SignedIn) -> Response:
    listed = list_keys(visitor.deps, visitor.account)
    return page(request, "keys.html", visitor, keys=listed, scopes=list(Scope), problem=None, name="")


@router.post("/app/keys", summary="Make an API key")
async def make(request: Request, posted: PostedForm) -> Response:
    """The page that answers is the only one that ever shows the secret."""
    visitor, fields = posted.visitor, posted.fields
    name = fields.get("name", "")
    try:
        wanted = _wanted(name, fields)
    except InvalidRequest as problem:
        listed = list_keys(visitor.deps, visitor.account)
        return page(
            request, "keys.html", visitor, status=422, keys=listed, scopes=list(Scope), problem=problem, name=name
        )
    api_key, secret = create_key(visitor.deps, visitor.account, wanted)
    base_url = str(request.base_url).rstrip("/")
    return page(request, "key_made.html", visitor, status=201, key=api_key, secret=secret, base_url=base_url)


@router.post("/app/keys/{key_id}/revoke", summary="Revoke an API key")
async def revoke(key_id: str, posted: PostedForm) -> Response:
    revoke_key(posted.visitor.deps, posted.visitor.account, key_id)
    return go_to("/app/keys")


def _wanted(name: str, fields: dict[str, str]) -> NewKey:
    scopes = frozenset(scope for scope in Scope if f"scope:{scope}" in fields)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidRequest.of("name", f"must have 1 to {LONGEST_NAME} characters")
    if not scopes:
        raise InvalidRequest.of("scopes", "choose at least one")
    return NewKey(name, scopes, "smsgw" if fields.get("format") == "smsgw" else "roost")
