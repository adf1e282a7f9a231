"""The one API key that can be shown again: it is derived, never stored (decision 0016)."""

from __future__ import annotations

import hashlib
import hmac

from roost.domain.api_keys import Scope, looks_like_a_key, new_secret

ACCOUNT_KEY_ID = "key_sms8"
"""The same in every account: an account has one such key at most."""

ACCOUNT_KEY_NAME = "SMS8 account key"

ACCOUNT_KEY_SCOPES = frozenset(Scope) - {Scope.KEYS_MANAGE, Scope.DEVICES_MANAGE, Scope.CODES_MANAGE}
"""All that SMS8's services do. They pair no phones, make no keys and change no settings."""

SECRET_BYTES = 24
"""As many as a random key has."""


def derived_secret(master: bytes, account: str, salt: str) -> str:
    """The secret's text. Without `master`, which is in no table, nobody can spell it."""
    named = f"sms8 account key\n{account}\n{salt}".encode()
    return new_secret("sms8", ACCOUNT_KEY_ID, hmac.digest(master, named, hashlib.sha256)[:SECRET_BYTES])


def is_account_key(secret: str) -> bool:
    """By its spelling: no other key has it."""
    return secret.startswith("sms8_") and looks_like_a_key(secret)
