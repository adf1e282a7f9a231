"""Create, list and revoke API keys."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.api_keys import ApiKey, KeyFormat, Scope, hash_of, hint_of, new_secret
from roost.domain.errors import InvalidRequest, MissingScope, NotFound
from roost.runtime.deps import Deps
from roost.storage.api_keys import list_api_keys, put_api_key, revoke_api_key

LATEST_EXPIRY = 4_102_444_800_000
"""2100-01-01."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """`key_format`: `roost`, or `smsgw` for clients of smsdora. `expires_at`: ms, or None for never."""

    name: str
    scopes: frozenset[Scope]
    key_format: KeyFormat = "roost"
    expires_at: int | None = None


def create_key(deps: Deps, account: str, wanted: NewKey) -> tuple[ApiKey, str]:
    """The key as kept, and its secret, which nobody can show again. Raises InvalidRequest."""
    now = deps.now()
    if wanted.expires_at is not None and wanted.expires_at <= now:
        raise InvalidRequest.of("expires_at", "lies in the past")
    if wanted.expires_at is not None and wanted.expires_at > LATEST_EXPIRY:
        raise InvalidRequest.of("expires_at", "lies after the year 2100: leave it out for a key that does not expire")
    key_id = f"key_{deps.entropy(4).hex()}"
    secret = new_secret(wanted.key_format, key_id, deps.entropy(24))
    api_key = ApiKey(
        account=account,
        id=key_id,
        name=wanted.name,
        secret_hash=hash_of(secret),
        hint=hint_of(secret),
        scopes=wanted.scopes,
        created_at=now,
        expires_at=wanted.expires_at,
    )
    put_api_key(deps.keys, api_key)
    return api_key, secret


def create_key_as(deps: Deps, caller: ApiKey, wanted: NewKey) -> tuple[ApiKey, str]:
    """As `create_key`, for a caller who may hand on only what it holds. Raises MissingScope."""
    beyond = wanted.scopes - caller.scopes
    if beyond:
        raise MissingScope(f"A key cannot give scopes it lacks itself: {', '.join(sorted(beyond))}")
    if caller.expires_at is not None and (wanted.expires_at is None or wanted.expires_at > caller.expires_at):
        raise InvalidRequest.of("expires_at", "must not be later than the end of the key that asks")
    return create_key(deps, caller.account, wanted)


def list_keys(deps: Deps, account: str) -> list[ApiKey]:
    return list_api_keys(deps.keys, account)


def revoke_key(deps: Deps, account: str, key_id: str) -> ApiKey:
    """Dead from the next request on. Raises NotFound."""
    found = next((key for key in list_api_keys(deps.keys, account) if key.id == key_id), None)
    if found is None:
        raise NotFound(f"No API key {key_id}")
    revoke_api_key(deps.keys, found, deps.now())
    return found
