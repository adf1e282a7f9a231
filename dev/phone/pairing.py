"""Pairing: reading the link, and exchanging its code for a device token (protocol §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from dev.phone.exchange import Answered, Exchange, Refused
from dev.phone.wire import PairAnswer

SCHEMES = ("roost", "eightms")
PATH = "/phone/v1/pair"

ADVICE_BY_CODE = {
    "code_used": "this pairing code was already used by another phone: create a new one and use its link",
    "code_expired": "this pairing code is too old (10 minutes) or was already used: create a new one and use its link",
    "slow_down": "too many failed codes from this address: wait ten minutes, then use a new link",
}


class PairingFailed(Exception):
    """Says what happened and what to do; its text is meant for the owner."""


class WrongLink(PairingFailed):
    """The text is not a pairing link."""


@dataclass(frozen=True, slots=True)
class PairingLink:
    """`host` is what the owner is asked about: another app could claim the scheme and point elsewhere."""

    base_url: str
    code: str
    label: str | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc


def parse_link(text: str) -> PairingLink:
    """Both schemes, each with either spelling of the parameters. Raises WrongLink."""
    parts = urlsplit(text.strip())
    if parts.scheme not in SCHEMES or parts.netloc != "pair":
        raise WrongLink(
            "this is not a pairing link. It looks like roost://pair?u=<address>&c=<code> "
            "(quote it in the shell, it contains &)"
        )
    values = {name: found[0].strip() for name, found in parse_qs(parts.query).items()}
    base_url = values.get("u") or values.get("endpoint")
    code = values.get("c") or values.get("token")
    if not base_url or not code:
        raise WrongLink(
            "the pairing link is cut short: it needs address and code. Quote it in the shell, it contains &"
        )
    server = urlsplit(base_url)
    if server.scheme not in ("http", "https") or not server.netloc:
        raise WrongLink(f"the pairing link names no http(s) address but {base_url!r}")
    return PairingLink(base_url.rstrip("/"), code, values.get("l") or values.get("label"))


def exchange_code(exchange: Exchange, link: PairingLink, introduction: dict[str, Any]) -> tuple[PairAnswer, int]:
    """The server's answer and its round trip in ms. Safe to repeat: the same phone gets the same device again."""
    result = exchange.call("POST", f"{link.base_url}{PATH}", {"code": link.code, **introduction})
    if isinstance(result, Answered):
        try:
            return PairAnswer.model_validate(result.body), result.round_trip_ms
        except ValidationError as error:
            raise PairingFailed(
                f"{link.host} answers, but not like a Roost server; see the link ({error.error_count()} wrong members)"
            ) from error
    if isinstance(result, Refused):
        raise PairingFailed(_advice(result, link))
    raise PairingFailed(
        f"{link.host} cannot be reached ({result.reason}): is the server running, and is the address in the link "
        "right? The link can be used again until it expires"
    )


def _advice(refused: Refused, link: PairingLink) -> str:
    if refused.code in ADVICE_BY_CODE:
        return ADVICE_BY_CODE[refused.code]
    if refused.status == 404:
        return f"{link.host} has no {PATH}: the address in the link is not a Roost server, or the code is unknown"
    return f"{link.host} refused to pair ({refused.status} {refused.code}): {refused.message or 'no reason given'}"
