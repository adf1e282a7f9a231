"""What a key may be given: checked before anything is written, the field named as the caller wrote it."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.addresses import canonical_network
from roost.domain.errors import InvalidRequest
from roost.domain.key_limits import HIGHEST_PER_MINUTE, KeyLimits

LATEST_EXPIRY = 4_102_444_800_000
"""2100-01-01."""

MOST_ADDRESSES = 50
HIGHEST = {"per_minute": HIGHEST_PER_MINUTE, "per_day": 1 << 53, "spending": 1 << 53}


def checked_limits(limits: KeyLimits) -> KeyLimits:
    """With its addresses as they are kept. Raises InvalidRequest naming the field."""
    for name, most in HIGHEST.items():
        value = getattr(limits, name)
        if value is not None and not 1 <= value <= most:
            raise InvalidRequest.of(f"limits.{name}", f"must be 1 to {most}; leave it out for no limit")
    if len(limits.addresses) > MOST_ADDRESSES:
        raise InvalidRequest.of("limits.addresses", f"may have at most {MOST_ADDRESSES} entries")
    addresses = []
    for index, text in enumerate(limits.addresses):
        try:
            addresses.append(canonical_network(text))
        except ValueError as error:
            raise InvalidRequest.of(f"limits.addresses.{index}", str(error)) from None
    return replace(limits, addresses=tuple(dict.fromkeys(addresses)))


def check_expiry(expires_at: int | None, now: int) -> None:
    """Raises InvalidRequest."""
    if expires_at is not None and expires_at <= now:
        raise InvalidRequest.of("expires_at", "lies in the past")
    if expires_at is not None and expires_at > LATEST_EXPIRY:
        raise InvalidRequest.of("expires_at", "lies after the year 2100: leave it out for a key that does not expire")
