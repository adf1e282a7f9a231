"""API keys: their shapes, their checksum, their scopes. Only a key's SHA-256 is ever stored."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, cast

from roost.domain.key_limits import NO_LIMITS, KeyLimits

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_LENGTH = 30
CHECKSUM_LENGTH = 6

KeyFormat = Literal["roost", "smsgw", "smsai", "sms8"]

CHECKED_KEY = re.compile(
    rf"(?:roost|smsai|sms8)_(?P<random>[0-9A-Za-z]{{{RANDOM_LENGTH}}})(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)
SMSGW_KEY = re.compile(r"smsgw_[0-9a-f]{8}_[0-9a-f]{48}")


class Scope(StrEnum):
    MESSAGES_SEND = "messages:send"
    MESSAGES_READ = "messages:read"
    DEVICES_READ = "devices:read"
    DEVICES_MANAGE = "devices:manage"
    KEYS_MANAGE = "keys:manage"
    ACCOUNT_READ = "account:read"
    USSD_RUN = "ussd:run"
    USSD_READ = "ussd:read"
    CONTACTS_READ = "contacts:read"
    CONTACTS_MANAGE = "contacts:manage"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_MANAGE = "campaigns:manage"
    CONVERSATIONS_MANAGE = "conversations:manage"
    CODES_USE = "codes:use"
    CODES_MANAGE = "codes:manage"
    WEBHOOKS_MANAGE = "webhooks:manage"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key. `hint`: its prefix and last four characters, enough to recognise it.

    `retires_at`: a rotation has replaced this secret, which works until then. `metered`: the account has, or once had,
    a plan or a balance; never False for one that has. `salt`: of a secret that was derived (domain/account_keys).
    """

    account: str
    id: str
    name: str
    secret_hash: str
    hint: str
    scopes: frozenset[Scope]
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    retires_at: int | None = None
    limits: KeyLimits = NO_LIMITS
    metered: bool = False
    salt: str | None = None

    def is_valid(self, now: int) -> bool:
        ends = [end for end in (self.expires_at, self.retires_at) if end is not None]
        return self.revoked_at is None and all(now < end for end in ends)


def checksum(text: str) -> str:
    """CRC-32 in six base-62 digits, as GitHub and npm tokens carry it: a typo is refused without a database read."""
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def new_secret(key_format: KeyFormat, key_id: str, entropy: bytes) -> str:
    """Spell a new key from 24 random bytes. `key_id`: `key_` and 8 hex digits, which an smsgw key repeats."""
    if key_format == "smsgw":
        return f"smsgw_{key_id.removeprefix('key_')}_{entropy.hex()}"
    number, letters = int.from_bytes(entropy), ""
    for _ in range(RANDOM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters += ALPHABET[digit]
    return f"{key_format}_{letters}{checksum(letters)}"


def looks_like_a_key(secret: str) -> bool:
    """False for anything that cannot be a key of ours, so that garbage costs no database read."""
    match = CHECKED_KEY.fullmatch(secret)
    if match is not None:
        return checksum(match["random"]) == match["checksum"]
    return SMSGW_KEY.fullmatch(secret) is not None


def hash_of(secret: str) -> str:
    """SHA-256 in hex: keys carry over 170 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hint_of(secret: str) -> str:
    prefix, _, rest = secret.partition("_")
    shown = f"{prefix}_{rest.partition('_')[0]}_" if "_" in rest else f"{prefix}_"
    return f"{shown}…{secret[-4:]}"


def format_of(hint: str) -> KeyFormat:
    """The shape of the key behind a hint, for its next secret."""
    return cast("KeyFormat", hint.partition("_")[0])
