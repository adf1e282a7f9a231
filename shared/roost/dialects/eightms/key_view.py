"""API keys as `/v1` takes and shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from roost.dialects.eightms.router import Strict
from roost.domain.api_keys import ApiKey, Scope
from roost.domain.instants import rfc3339
from roost.domain.key_limits import HIGHEST_PER_MINUTE, KeyLimits
from roost.domain.key_settings import MOST_ADDRESSES
from roost.domain.money import MICRO_USD, dollars

Dollars = Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=6, examples=["25.00"])]


class LimitsRequest(Strict):
    """What is left out is unlimited; in a change it stays as it is, and null lifts it."""

    per_minute: int | None = Field(default=None, ge=1, le=HIGHEST_PER_MINUTE, description="Requests in any 60 seconds")
    per_day: int | None = Field(
        default=None, ge=1, le=1 << 53, description="Messages and other requests in a day (UTC)"
    )
    spending_usd: Dollars | None = Field(default=None, description="What its messages may cost in all")
    addresses: list[str] | None = Field(
        default=None,
        max_length=MOST_ADDRESSES,
        description="Where it may be used from: IPv4 and IPv6 addresses and networks",
        examples=[["203.0.113.7", "2001:db8::/32"]],
    )

    def over(self, limits: KeyLimits) -> KeyLimits:
        """`limits` with what was written here; what was left out stays."""
        written = self.model_fields_set
        return KeyLimits(
            per_minute=self.per_minute if "per_minute" in written else limits.per_minute,
            per_day=self.per_day if "per_day" in written else limits.per_day,
            spending=_micro_usd(self.spending_usd) if "spending_usd" in written else limits.spending,
            addresses=tuple(self.addresses or ()) if "addresses" in written else limits.addresses,
        )


class LimitsView(BaseModel):
    """null: unlimited; no addresses: from anywhere."""

    per_minute: int | None
    per_day: int | None
    spending_usd: str | None
    addresses: list[str]


class KeyView(BaseModel):
    """`hint`: the prefix and the last four characters; the key itself is kept nowhere."""

    id: str
    name: str
    hint: str
    scopes: list[Scope]
    limits: LimitsView
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class ListedKey(KeyView):
    """`last_used_at`: exact for a key with limits of time or money, else to the hour."""

    last_used_at: str | None


class NewKeyView(KeyView):
    """`key` is shown here and never again."""

    key: str


def view_of(api_key: ApiKey) -> KeyView:
    limits = api_key.limits
    return KeyView(
        id=api_key.id,
        name=api_key.name,
        hint=api_key.hint,
        scopes=sorted(api_key.scopes),
        limits=LimitsView(
            per_minute=limits.per_minute,
            per_day=limits.per_day,
            spending_usd=dollars(limits.spending) if limits.spending is not None else None,
            addresses=list(limits.addresses),
        ),
        created_at=rfc3339(api_key.created_at),
        expires_at=instant(api_key.expires_at),
        revoked_at=instant(api_key.revoked_at),
    )


def shown_once(api_key: ApiKey, secret: str) -> NewKeyView:
    return NewKeyView(**view_of(api_key).model_dump(), key=secret)


def instant(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None


def _micro_usd(amount: Decimal | None) -> int | None:
    return int(amount * MICRO_USD) if amount is not None else None
