"""Create, list, change, rotate and revoke API keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from roost.domain.api_keys import ApiKey, KeyFormat, Scope, format_of, hash_of, hint_of, new_secret
from roost.domain.errors import InvalidRequest, NotFound, TryLater
from roost.domain.instants import DAY
from roost.domain.key_limits import NO_LIMITS, KeyLimits, KeyUse, new_slots
from roost.domain.key_settings import check_expiry, checked_limits
from roost.runtime.deps import Deps
from roost.storage.api_keys import (
    KeyRecord,
    change_secrets,
    find_api_key,
    find_record,
    limits_item,
    list_api_keys,
    put_api_key,
    put_next_secret,
)
from roost.storage.key_use import get_use, resize_write
from roost.storage.meters import get_meter, is_metered_check
from roost.storage.transactions import Changed, WriteConflict

LONGEST_OVERLAP = 30 * DAY
TRIES = 10

Settled = TypeVar("Settled")


@dataclass(frozen=True, slots=True)
class NewKey:
    """`key_format`: `roost`, `smsgw` for clients of smsdora, `smsai` for clients of SMS for AI. `expires_at`: ms, or
    None for never."""

    name: str
    scopes: frozenset[Scope]
    key_format: KeyFormat = "roost"
    expires_at: int | None = None
    limits: KeyLimits = NO_LIMITS


class ShownKey(NamedTuple):
    """A key as kept, and its secret, which nobody can show again."""

    api_key: ApiKey
    secret: str


def create_key(deps: Deps, account: str, wanted: NewKey) -> ShownKey:
    """Raises InvalidRequest; then nothing is made."""
    check_expiry(wanted.expires_at, deps.now())
    limits = checked_limits(wanted.limits)

    def create() -> ShownKey:
        key_id = f"key_{deps.entropy(4).hex()}"
        secret = new_secret(wanted.key_format, key_id, deps.entropy(24))
        api_key = ApiKey(
            account=account,
            id=key_id,
            name=wanted.name,
            secret_hash=hash_of(secret),
            hint=hint_of(secret),
            scopes=wanted.scopes,
            created_at=deps.now(),
            expires_at=wanted.expires_at,
            limits=limits,
            metered=get_meter(deps.accounts, account) is not None,
        )
        check = is_metered_check(deps.accounts, account, metered=api_key.metered)
        put_api_key(deps.keys, api_key, KeyUse(new_slots(limits.per_minute)), check)
        return ShownKey(api_key, secret)

    return _settled(deps, create)


def list_keys(deps: Deps, account: str) -> list[ApiKey]:
    return list_api_keys(deps.keys, account)


def last_use(deps: Deps, api_key: ApiKey) -> int | None:
    """To the hour for a key without limits; ms. None: never."""
    return get_use(deps.keys, api_key.account, api_key.id).last_used_at or None


def find_key(deps: Deps, account: str, key_id: str) -> ApiKey:
    """Raises NotFound."""
    return _found(deps, account, key_id)[1]


def change_key(
    deps: Deps, account: str, key_id: str, change: Callable[[KeyLimits], KeyLimits], name: str | None = None
) -> ApiKey:
    """Another name, other limits; what was used of them stays used. Raises NotFound, InvalidRequest, TryLater."""

    def changed() -> ApiKey:
        record, api_key = _found(deps, account, key_id, living=True)
        after = replace(api_key, name=name or api_key.name, limits=checked_limits(change(api_key.limits)))
        changes = {"name": after.name, "limits": limits_item(after.limits)}
        slots = get_use(deps.keys, account, key_id).slots
        resized = new_slots(after.limits.per_minute, slots)
        others = [resize_write(deps.keys, account, key_id, slots, resized)] if len(resized) != len(slots) else []
        change_secrets(deps.keys, record, deps.now(), changes, *others)
        return after

    return _settled(deps, changed)


def rotate_key(deps: Deps, account: str, key_id: str, overlap: int = 0) -> ShownKey:
    """A new secret for the same key: same id, settings and counters. The old one works for `overlap` ms more.

    Raises NotFound, InvalidRequest, TryLater.
    """
    if not 0 <= overlap <= LONGEST_OVERLAP:
        raise InvalidRequest.of("overlap_seconds", "must be 0 to 2592000 (30 days)")

    def rotated() -> ShownKey:
        record, former = _found(deps, account, key_id, living=True)
        now = deps.now()
        secret = new_secret(format_of(former.hint), key_id, deps.entropy(24))
        following = replace(former, secret_hash=hash_of(secret), hint=hint_of(secret))
        check = is_metered_check(deps.accounts, account, metered=former.metered)
        put_next_secret(deps.keys, record, replace(former, retires_at=now + overlap), following, now, check)
        return ShownKey(following, secret)

    return _settled(deps, rotated)


def revoke_key(deps: Deps, account: str, key_id: str) -> ApiKey:
    """All its secrets are dead from the next request on. Twice is once. Raises NotFound, TryLater."""

    def revoked() -> ApiKey:
        record, api_key = _found(deps, account, key_id)
        if api_key.revoked_at is None:
            change_secrets(deps.keys, record, deps.now(), {"revoked_at": deps.now()})
        return api_key

    return _settled(deps, revoked)


def _found(deps: Deps, account: str, key_id: str, *, living: bool = False) -> tuple[KeyRecord, ApiKey]:
    record = find_record(deps.keys, account, key_id)
    api_key = find_api_key(deps.keys, record.secret_hash) if record else None
    if record is None or api_key is None or (living and api_key.revoked_at is not None):
        raise NotFound(f"No API key {key_id[:40]}: GET /v1/keys lists yours")
    return record, api_key


def _settled(deps: Deps, attempt: Callable[[], Settled]) -> Settled:
    """Decide anew while somebody else changes the same key. Raises TryLater."""
    for tries in range(TRIES):
        try:
            return attempt()
        except (Changed, WriteConflict):
            deps.back_off(tries)
    raise TryLater
