"""The one API key that can be shown again: it is derived, never stored (decision 0016)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from roost.domain.api_keys import new_secret

SECRET_BYTES = 24
"""As many as a random key has."""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Which key is an account's SMS8 key now. `salt`: 32 hex digits, new with every regeneration."""

    account: str
    key_id: str
    secret_hash: str
    salt: str


def derived_secret(master: bytes, account: str, key_id: str, salt: str) -> str:
    """The secret's text. Without `master`, which no table holds, nobody can spell it."""
    named = f"sms8 account key\n{account}\n{key_id}\n{salt}".encode()
    return new_secret("sms8", key_id, hmac.digest(master, named, hashlib.sha256)[:SECRET_BYTES])
