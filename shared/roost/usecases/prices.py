"""What an SMS to a number costs an account, and the owner's changes to that."""

from __future__ import annotations

from collections.abc import Iterable

from roost.domain.countries import HIGHEST_PRICE, Country, PriceChange, Tariff, country_of, tariff
from roost.domain.errors import InvalidRequest
from roost.domain.money import Price
from roost.runtime.deps import Deps
from roost.storage.countries import (
    countries,
    countries_by_prefix,
    delete_price_change,
    get_price_change,
    list_price_changes,
    put_price_change,
)


def tariff_of(deps: Deps, account: str, number: str) -> Tariff:
    """By the longest dial prefix. A number of no country has the default price. Costs one read unit."""
    country = country_of(number, countries_by_prefix())
    if country is None:
        return tariff(None)
    own = get_price_change(deps.accounts, account, country.code)
    return tariff(country, own, get_price_change(deps.accounts, None, country.code))


def price_of(deps: Deps, account: str, number: str, field: str = "to") -> Price:
    """One credit and the tariff, whether or not the account's ledgers are limited. Raises InvalidRequest on `field` for
    a country that is switched off."""
    return _checked_price(tariff_of(deps, account, number), field)


def prices_of(deps: Deps, account: str, numbers: Iterable[str], field: str) -> list[Price]:
    """As `price_of` for many, in their order; each country is looked up once. `{index}` in `field`: the place."""
    known: dict[str | None, Tariff] = {}
    prices = []
    for index, number in enumerate(numbers):
        country = country_of(number, countries_by_prefix())
        code = country.code if country else None
        if code not in known:
            known[code] = tariff_of(deps, account, number)
        prices.append(_checked_price(known[code], field.format(index=index)))
    return prices


def _checked_price(tariff: Tariff, field: str) -> Price:
    if not tariff.active and tariff.country is not None:
        raise InvalidRequest.of(field, f"is a number in {tariff.country.name}, where this server sends nothing")
    return Price(1, tariff.micro_usd)


def list_tariffs(deps: Deps, account: str | None) -> list[Tariff]:
    """Of every country, by ISO code. `account` None: what holds where an account has nothing of its own."""
    own = list_price_changes(deps.accounts, account) if account is not None else {}
    general = list_price_changes(deps.accounts, None)
    return [tariff(country, own.get(country.code), general.get(country.code)) for country in countries()]


def change_price(deps: Deps, account: str | None, country_code: str, wanted: PriceChange) -> Tariff:
    """Set what `wanted` names and keep the rest. `account` None: for everybody. Raises InvalidRequest."""
    country = find_country(country_code)
    if wanted.micro_usd is not None and not 0 <= wanted.micro_usd <= HIGHEST_PRICE:
        raise InvalidRequest.of("price", f"must be 0 to {HIGHEST_PRICE // 1_000_000} USD")
    if wanted == PriceChange():
        raise InvalidRequest.of("price", "or whether the country is active: name at least one of them")
    after = put_price_change(deps.accounts, account, country.code, wanted)
    return tariff(country, after, get_price_change(deps.accounts, None, country.code))


def forget_price(deps: Deps, account: str | None, country_code: str) -> Tariff:
    """Back to the deployment's price, or to the default. Raises InvalidRequest."""
    country = find_country(country_code)
    delete_price_change(deps.accounts, account, country.code)
    return tariff(country, get_price_change(deps.accounts, None, country.code) if account is not None else None)


def find_country(country_code: str) -> Country:
    """Raises InvalidRequest naming the field `country`."""
    wanted = country_code.upper()
    found = next((country for country in countries() if country.code == wanted), None)
    if found is None:
        raise InvalidRequest.of("country", "is no ISO 3166-1 code of two letters that has phone numbers of its own")
    return found
