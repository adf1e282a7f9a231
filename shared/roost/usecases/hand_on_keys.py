"""Keys made and changed by a key: it hands on only what it holds, and gets at no key stronger than itself."""

from __future__ import annotations

from collections.abc import Callable

from roost.domain.api_keys import ApiKey
from roost.domain.errors import InvalidRequest, KeyIsLimited, MissingScope
from roost.domain.key_limits import NO_LIMITS, KeyLimits
from roost.runtime.deps import Deps
from roost.usecases.manage_keys import NewKey, ShownKey, change_key, create_key, find_key, rotate_key


def create_key_as(deps: Deps, caller: ApiKey, wanted: NewKey) -> ShownKey:
    """Raises MissingScope, KeyIsLimited (a second key would double its limits), and what `create_key` raises."""
    _check_strength(caller, wanted.scopes)
    if caller.expires_at is not None and (wanted.expires_at is None or wanted.expires_at > caller.expires_at):
        raise InvalidRequest.of("expires_at", "must not be later than the end of the key that asks")
    return create_key(deps, caller.account, wanted)


def change_key_as(
    deps: Deps, caller: ApiKey, key_id: str, change: Callable[[KeyLimits], KeyLimits], name: str | None
) -> ApiKey:
    """Raises KeyIsLimited, MissingScope, and what `change_key` raises."""
    _check_strength(caller, find_key(deps, caller.account, key_id).scopes)
    return change_key(deps, caller.account, key_id, change, name)


def rotate_key_as(deps: Deps, caller: ApiKey, key_id: str, overlap: int) -> ShownKey:
    """A key may always rotate itself: it gets nothing that it has not. Raises as `change_key_as` and `rotate_key`."""
    target = find_key(deps, caller.account, key_id)
    if target.id != caller.id:
        _check_strength(caller, target.scopes)
        if caller.expires_at is not None and (target.expires_at is None or target.expires_at > caller.expires_at):
            raise MissingScope("A key cannot rotate one that outlives it: use one that does not expire")
    return rotate_key(deps, caller.account, key_id, overlap)


def _check_strength(caller: ApiKey, scopes: frozenset[str]) -> None:
    if caller.limits != NO_LIMITS:
        raise KeyIsLimited
    beyond = scopes - caller.scopes
    if beyond:
        raise MissingScope(f"A key cannot give or change scopes it lacks itself: {', '.join(sorted(beyond))}")
