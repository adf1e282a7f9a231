"""An account's SMS8 key: one at a time, shown whenever its owner asks."""

from __future__ import annotations

from roost.domain.account_keys import AccountKey, derived_secret
from roost.domain.api_keys import ApiKey, Scope, hash_of, hint_of
from roost.domain.errors import NotFound, TryLater
from roost.runtime.deps import Deps
from roost.storage.account_keys import get_account_key, replace_account_key
from roost.storage.api_keys import find_api_key
from roost.storage.transactions import WriteConflict

TRIES = 4
NAME = "SMS8 account key"

SCOPES = frozenset(Scope) - {Scope.KEYS_MANAGE, Scope.DEVICES_MANAGE}
"""All that SMS8's services do. They pair no phones and make no keys."""


def regenerate_account_key(deps: Deps, account: str, master: bytes) -> tuple[ApiKey, str]:
    """A new key and its secret; the former key is dead at once. Raises TryLater when many regenerate at once."""
    for _ in range(TRIES):
        former = get_account_key(deps.keys, account)
        key_id, salt = f"key_{deps.entropy(4).hex()}", deps.entropy(16).hex()
        secret = derived_secret(master, account, key_id, salt)
        now = deps.now()
        api_key = ApiKey(
            account=account,
            id=key_id,
            name=NAME,
            secret_hash=hash_of(secret),
            hint=hint_of(secret),
            scopes=SCOPES,
            created_at=now,
        )
        try:
            replace_account_key(deps.keys, former, AccountKey(account, key_id, api_key.secret_hash, salt), api_key, now)
        except WriteConflict:
            continue
        return api_key, secret
    raise TryLater


def account_key_secret(deps: Deps, account: str, master: bytes) -> str:
    """The secret of the account's living key. Raises NotFound when there is none, or when `master` is another one."""
    key = get_account_key(deps.keys, account)
    api_key = find_api_key(deps.keys, key.secret_hash) if key else None
    if key is None or api_key is None or not api_key.is_valid(deps.now()):
        raise NotFound("This account has no SMS8 key: regenerate it")
    secret = derived_secret(master, account, key.key_id, key.salt)
    if hash_of(secret) != key.secret_hash:
        raise NotFound("The SMS8 key was made under another secret and cannot be shown: regenerate it")
    return secret
