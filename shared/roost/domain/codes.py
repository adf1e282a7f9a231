"""One-time codes: how they are made, how many a phone gets, and what a guess is worth. Pure.

Limits: wire formats 3.6 (lengths 4-8, expiry 60-900 s, 1-10 attempts, cooldown 30-600 s, five per phone in 24 h).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from roost.domain.errors import CodeCooldown, CodeLimitReached, InvalidRequest
from roost.domain.instants import DAY, SECOND

PLACEHOLDER = "{code}"
MASK = "*"
CODES_PER_DAY = 5
"""Per recipient in any 24 hours; no setting raises it."""

BOUNDS = {"length": (4, 8), "expires_in": (60, 900), "max_attempts": (1, 10), "cooldown": (30, 600)}
LONGEST_TEMPLATE = 480


@dataclass(frozen=True, slots=True)
class CodeSettings:
    """An account's defaults. `length` in digits; `expires_in` and `cooldown` in seconds."""

    length: int = 6
    expires_in: int = 300
    max_attempts: int = 5
    cooldown: int = 60
    template: str = "Your verification code is {code}"

    def text_with(self, code: str) -> str:
        return self.template.replace(PLACEHOLDER, code)

    @property
    def shown_text(self) -> str:
        """What every listing shows in place of the text."""
        return self.text_with(MASK * self.length)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """`id`: of the message that carries it. `digest`: all that is kept of the code here. Instants in ms."""

    id: int
    digest: str
    expires_at: int
    max_attempts: int
    attempts: int = 0
    verified_at: int | None = None


@dataclass(frozen=True, slots=True)
class PeerCodes:
    """What one recipient got from one account: the newest code, which alone counts, and when the last five left."""

    account: str
    peer: str
    code: IssuedCode
    sent_at: tuple[int, ...]


class Reason(StrEnum):
    """Why a guess was refused, in the words of wire formats 3.6."""

    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    MAX_ATTEMPTS = "max_attempts"
    CODE_MISMATCH = "code_mismatch"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """`reason` None: the code was right, and is used up. `attempts_left`: None where no code is open."""

    reason: Reason | None
    attempts_left: int | None = None

    @property
    def verified(self) -> bool:
        return self.reason is None


def checked_settings(settings: CodeSettings) -> CodeSettings:
    """Raises InvalidRequest naming the first member that is out of bounds."""
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            raise InvalidRequest.of(name, f"must be {least} to {most}")
    if PLACEHOLDER not in settings.template:
        raise InvalidRequest.of("template", f"must contain {PLACEHOLDER}, where the code goes")
    if len(settings.template) > LONGEST_TEMPLATE:
        raise InvalidRequest.of("template", f"must have at most {LONGEST_TEMPLATE} characters")
    return settings


def new_code(length: int, entropy: bytes) -> str:
    """`entropy`: at least 12 random bytes, so that no code is likelier than another by more than 1 in 10^20."""
    return str(int.from_bytes(entropy) % 10**length).zfill(length)


def digest_of(pepper: bytes, account: str, peer: str, code_id: int, code: str) -> str:
    """HMAC-SHA256. A million codes are quickly tried, so the key that is in no table is what protects a digest."""
    return hmac.new(pepper, f"{account}\n{peer}\n{code_id}\n{code}".encode(), hashlib.sha256).hexdigest()


def may_send_at(codes: PeerCodes | None, settings: CodeSettings, now: int) -> None:
    """Raises CodeCooldown and CodeLimitReached, each with the seconds after which it is allowed."""
    if codes is None:
        return
    rested_at = codes.sent_at[-1] + settings.cooldown * SECOND
    if now < rested_at:
        raise CodeCooldown.until(rested_at, now)
    if len(codes.sent_at) >= CODES_PER_DAY and now < codes.sent_at[-CODES_PER_DAY] + DAY:
        raise CodeLimitReached.until(codes.sent_at[-CODES_PER_DAY] + DAY, now)


def with_new_code(codes: PeerCodes | None, account: str, peer: str, code: IssuedCode, now: int) -> PeerCodes:
    """A new code puts the one before it out of use."""
    earlier = codes.sent_at if codes else ()
    return PeerCodes(account, peer, code, (*earlier, now)[-CODES_PER_DAY:])


def refusal(code: IssuedCode | None, now: int) -> CodeCheck | None:
    """Why no guess may be made at all; None if one may."""
    if code is None or code.verified_at is not None:
        return CodeCheck(Reason.NOT_FOUND)
    if now >= code.expires_at:
        return CodeCheck(Reason.EXPIRED)
    if code.attempts >= code.max_attempts:
        return CodeCheck(Reason.MAX_ATTEMPTS, 0)
    return None


def matches(code: IssuedCode, digest: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(code.digest, digest)
