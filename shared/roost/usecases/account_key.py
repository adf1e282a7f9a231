"""An account's SMS8 key: one at a time, shown whenever its owner asks."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.account_keys import (
    ACCOUNT_KEY_ID,
    ACCOUNT_KEY_NAME,
    ACCOUNT_KEY_SCOPES,
    derived_secret,
    is_account_key,
)
from roost.domain.api_keys import ApiKey, hash_of, hint_of
from roost.domain.errors import NotFound, TryLater
from roost.domain.webhooks import WebhookFormat
from roost.runtime.deps import Deps
from roost.storage.account_keys import put_account_key
from roost.storage.api_keys import find_api_key, find_record
from roost.storage.meters import get_meter, is_metered_check
from roost.storage.transactions import Changed, WriteConflict
from roost.storage.webhooks import change_endpoint, list_endpoints
from roost.usecases.manage_keys import ShownKey

TRIES = 10
SALT_BYTES = 16


def regenerate_account_key(deps: Deps, account: str, master: bytes) -> ShownKey:
    """The first key, or one in place of the former, which is dead at once; limits set on it stay. Classic webhooks that
    sign with the account's key sign with the new one. Raises TryLater."""
    for tries in range(TRIES):
        former = find_record(deps.keys, account, ACCOUNT_KEY_ID)
        known = find_api_key(deps.keys, former.secret_hash) if former else None
        shown = _next_key(deps, account, known, master)
        check = is_metered_check(deps.accounts, account, metered=shown.api_key.metered)
        try:
            put_account_key(deps.keys, former, shown.api_key, deps.now(), check)
        except (Changed, WriteConflict):
            deps.back_off(tries)
            continue
        _sign_webhooks_with(deps, account, shown.secret)
        return shown
    raise TryLater


def _sign_webhooks_with(deps: Deps, account: str, secret: str) -> None:
    """Any key of this format is the account's, an older one too: what was cut short is made good by the next time."""
    for endpoint in list_endpoints(deps.webhooks, account, consistent=True):
        if endpoint.format is WebhookFormat.SMS8_CLASSIC and is_account_key(endpoint.secret):
            change_endpoint(deps.webhooks, endpoint, {"secret": secret}, expect={"secret": endpoint.secret})


def account_key_secret(deps: Deps, account: str, master: bytes) -> str:
    """The secret of the account's living key. Raises NotFound when there is none, or when `master` is another one."""
    record = find_record(deps.keys, account, ACCOUNT_KEY_ID)
    key = find_api_key(deps.keys, record.secret_hash) if record else None
    if key is None or key.salt is None or not key.is_valid(deps.now()):
        raise NotFound("This account has no SMS8 key: regenerate it")
    secret = derived_secret(master, account, key.salt)
    if hash_of(secret) != key.secret_hash:
        raise NotFound("The SMS8 key was made in another way and cannot be shown: regenerate it")
    return secret


def _next_key(deps: Deps, account: str, known: ApiKey | None, master: bytes) -> ShownKey:
    salt = deps.entropy(SALT_BYTES).hex()
    secret = derived_secret(master, account, salt)
    first = ApiKey(
        account=account,
        id=ACCOUNT_KEY_ID,
        name=ACCOUNT_KEY_NAME,
        secret_hash=hash_of(secret),
        hint=hint_of(secret),
        scopes=ACCOUNT_KEY_SCOPES,
        created_at=deps.now(),
        metered=get_meter(deps.accounts, account) is not None,
        salt=salt,
    )
    if known is None:
        return ShownKey(first, secret)
    return ShownKey(replace(first, name=known.name, limits=known.limits, created_at=known.created_at), secret)
