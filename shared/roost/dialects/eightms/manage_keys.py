"""/v1/keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel, Field

from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain.api_keys import ApiKey, KeyFormat, Scope
from roost.domain.instants import from_datetime, rfc3339
from roost.usecases.manage_keys import NewKey, create_key_as, list_keys, revoke_key
from roost.web.caller import Caller, caller_with

router = eightms_router("API keys")

Owner = Annotated[Caller, Depends(caller_with(Scope.KEYS_MANAGE))]


class KeyRequest(Strict):
    name: str = Field(min_length=1, max_length=80)
    scopes: list[Scope] = Field(min_length=1)
    format: KeyFormat = Field(default="roost", description="`smsgw` for clients of smsdora")
    expires_at: AwareDatetime | None = Field(
        default=None, description="With its zone; without it the key does not expire"
    )


class KeyView(BaseModel):
    """`hint`: the prefix and the last four characters; the key itself is kept nowhere."""

    id: str
    name: str
    hint: str
    scopes: list[Scope]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class NewKeyView(KeyView):
    """`key` is shown here and never again."""

    key: str


class KeyList(BaseModel):
    data: list[KeyView]


@router.post("/keys", status_code=201, responses=problems(), summary="Create an API key")
async def create(request: KeyRequest, caller: Owner) -> NewKeyView:
    """A key can only hand on scopes it has itself. Copy `key` now: it is shown once."""
    expires_at = from_datetime(request.expires_at) if request.expires_at else None
    wanted = NewKey(request.name, frozenset(request.scopes), request.format, expires_at)
    api_key, secret = create_key_as(caller.deps, caller.api_key, wanted)
    return NewKeyView(**_view(api_key).model_dump(), key=secret)


@router.get("/keys", responses=problems(), summary="List API keys")
async def list_all(caller: Owner) -> KeyList:
    return KeyList(data=[_view(api_key) for api_key in list_keys(caller.deps, caller.account)])


@router.delete("/keys/{key_id}", status_code=204, responses=problems(404), summary="Revoke an API key")
async def revoke(key_id: str, caller: Owner) -> None:
    """Dead from the next request on. It stays in the list."""
    revoke_key(caller.deps, caller.account, key_id)


def _view(api_key: ApiKey) -> KeyView:
    return KeyView(
        id=api_key.id,
        name=api_key.name,
        hint=api_key.hint,
        scopes=sorted(api_key.scopes),
        created_at=rfc3339(api_key.created_at),
        expires_at=rfc3339(api_key.expires_at) if api_key.expires_at is not None else None,
        revoked_at=rfc3339(api_key.revoked_at) if api_key.revoked_at is not None else None,
    )
