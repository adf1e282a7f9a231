"""Countries, the dial prefixes that tell them, and what an SMS to each costs. Money is integers in micro-USD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DEFAULT_PRICE = 10_000
"""Micro-USD for an SMS where the owner has set nothing: the 0.01 USD of SMS for AI's own examples."""

HIGHEST_PRICE = 1_000_000_000
"""1,000 USD for one SMS is a typing error."""

LONGEST_PREFIX = 8


@dataclass(frozen=True, slots=True)
class Country:
    """`code`: ISO 3166-1 alpha-2; `dial_code`: as people write it, with the plus; `prefixes`: without it."""

    code: str
    name: str
    dial_code: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What an owner has set for a country, for everybody or for one account; None: nothing."""

    micro_usd: int | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one account pays for an SMS to a country. Not active: nothing is sent there."""

    country: Country | None
    micro_usd: int = DEFAULT_PRICE
    active: bool = True


def by_prefix(countries: Iterable[Country]) -> Mapping[str, Country]:
    return {prefix: country for country in countries for prefix in country.prefixes}


def country_of(number: str, prefixes: Mapping[str, Country]) -> Country | None:
    """The country of an E.164 number: its longest known prefix decides. None for satellites and unassigned codes."""
    digits = number.removeprefix("+")
    candidates = (digits[:length] for length in range(LONGEST_PREFIX, 0, -1))
    return next((prefixes[prefix] for prefix in candidates if prefix in prefixes), None)


def tariff(country: Country | None, *changes: PriceChange | None) -> Tariff:
    """`changes`: the most particular first, an account's before the deployment's. Each member is taken from the first
    that sets it."""
    given = [change for change in changes if change is not None]
    price = next((change.micro_usd for change in given if change.micro_usd is not None), DEFAULT_PRICE)
    active = next((change.active for change in given if change.active is not None), True)
    return Tariff(country, price, active)
