"""Pairing: a single-use code that lives ten minutes, the links that carry it, the token a phone gets for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from roost.domain.errors import PairingCodeExpired, PairingCodeUsed
from roost.domain.instants import MINUTE

CODE_LIFETIME = 10 * MINUTE

TOKEN = re.compile(r"rpt_(?P<account>[0-9a-z]{1,32})_(?P<phone>[0-9]{1,8})_[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pairing:
    """`code_hash`: SHA-256 of the code. `used_by`: the installation that redeemed it, and the phone it became."""

    account: str
    code_hash: str
    expires_at: int
    label: str | None = None
    used_by: str | None = None
    phone: int | None = None


def redeemed_before(pairing: Pairing | None, install_id: str, now: int) -> bool:
    """True when this installation redeemed the code already and its answer was lost.

    Raises PairingCodeExpired (unknown or old) and PairingCodeUsed (redeemed by another installation).
    """
    if pairing is None or now >= pairing.expires_at:
        raise PairingCodeExpired
    if pairing.used_by not in (None, install_id):
        raise PairingCodeUsed
    return pairing.used_by == install_id


def roost_link(base_url: str, code: str, label: str | None) -> str:
    """The short link of the QR code (protocol §3)."""
    return "roost://pair?" + _query(u=base_url, c=code, l=label)


def eightms_link(base_url: str, code: str, label: str | None) -> str:
    """The same in 8ms's scheme: endpoint, token, label (wire formats 5.2)."""
    return "eightms://pair?" + _query(endpoint=base_url, token=code, label=label, v="1")


def _query(**members: str | None) -> str:
    return urlencode({name: value for name, value in members.items() if value is not None}, quote_via=quote, safe="")


def phone_token(account: str, phone: int, secret: str) -> str:
    """The token names its phone, so one read both finds and checks it. Opaque to the phone."""
    return f"rpt_{account}_{phone}_{secret}"


def phone_of_token(token: str) -> tuple[str, int] | None:
    """Account and phone a token claims to be of; the caller must still compare its hash. None if it is no token."""
    match = TOKEN.fullmatch(token)
    return (match["account"], int(match["phone"])) if match else None
