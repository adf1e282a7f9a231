"""/v1/keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, Field

from roost.dialects.eightms.key_view import (
    KeyView,
    LimitsRequest,
    ListedKey,
    NewKeyView,
    instant,
    shown_once,
    view_of,
)
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain.api_keys import KeyFormat, Scope
from roost.domain.instants import SECOND, from_datetime
from roost.domain.key_limits import NO_LIMITS
from roost.usecases.hand_on_keys import change_key_as, create_key_as, rotate_key_as
from roost.usecases.manage_keys import LONGEST_OVERLAP, NewKey, last_use, list_keys, revoke_key
from roost.web.caller import Caller, caller_with
from roost.web.moments import Moment

router = eightms_router("API keys")

Owner = Annotated[Caller, Depends(caller_with(Scope.KEYS_MANAGE))]


class KeyRequest(Strict):
    name: str = Field(min_length=1, max_length=80)
    scopes: list[Scope] = Field(min_length=1)
    format: KeyFormat = Field(
        default="roost", description="`smsgw` for clients of smsdora, `smsai` for clients of SMS for AI"
    )
    expires_at: Moment | None = Field(default=None, description="With its zone; without it the key does not expire")
    limits: LimitsRequest = LimitsRequest()


class KeyChange(Strict):
    name: str | None = Field(default=None, min_length=1, max_length=80)
    limits: LimitsRequest = LimitsRequest()


class Rotation(Strict):
    overlap_seconds: int = Field(
        default=0, ge=0, le=LONGEST_OVERLAP // SECOND, description="How long the old secret still works"
    )


class KeyList(BaseModel):
    data: list[ListedKey]


@router.post("/keys", status_code=201, responses=problems(), summary="Create an API key")
async def create(request: KeyRequest, caller: Owner) -> NewKeyView:
    """A key can only hand on scopes it has itself. Copy `key` now: it is shown once."""
    expires_at = from_datetime(request.expires_at) if request.expires_at else None
    limits = request.limits.over(NO_LIMITS)
    wanted = NewKey(request.name, frozenset(request.scopes), request.format, expires_at, limits)
    return shown_once(*create_key_as(caller.deps, caller.api_key, wanted))


@router.get("/keys", responses=problems(), summary="List API keys")
async def list_all(caller: Owner) -> KeyList:
    keys = list_keys(caller.deps, caller.account)
    return KeyList(
        data=[ListedKey(**view_of(key).model_dump(), last_used_at=instant(last_use(caller.deps, key))) for key in keys]
    )


@router.patch("/keys/{key_id}", responses=problems(404, 503), summary="Rename an API key, change its limits")
async def change(key_id: str, request: KeyChange, caller: Owner) -> KeyView:
    """What was used of a limit stays used. A limit that is null is lifted; one that is left out stays."""
    return view_of(change_key_as(caller.deps, caller.api_key, key_id, request.limits.over, request.name))


@router.post("/keys/{key_id}/rotate", responses=problems(404, 503), summary="Give an API key a new secret")
async def rotate(key_id: str, caller: Owner, request: Rotation | None = None) -> NewKeyView:
    """Same id, settings and counters. Without an overlap the old secret is dead at once. Copy `key` now."""
    overlap = (request or Rotation()).overlap_seconds * SECOND
    return shown_once(*rotate_key_as(caller.deps, caller.api_key, key_id, overlap))


@router.delete("/keys/{key_id}", status_code=204, responses=problems(404, 503), summary="Revoke an API key")
async def revoke(key_id: str, caller: Owner) -> None:
    """Dead from the next request on. It stays in the list."""
    revoke_key(caller.deps, caller.account, key_id)
