"""What an SMS to a country costs."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction, Namespace

from owner.commands import Commands
from owner.rows import Row
from owner.values import dollars_in
from roost.domain.countries import PriceChange, Tariff
from roost.domain.money import dollars
from roost.runtime.deps import Deps
from roost.usecases.prices import change_price, forget_price, list_tariffs
from roost.usecases.read_account import read_account


def add_commands(commands: Commands) -> None:
    _account_option(commands.add("list-prices", "the price of every country", _list))
    change = _account_option(commands.add("set-price", "for everybody, or for one account", _set))
    change.add_argument("country", help="two letters, such as US")
    change.add_argument("--usd", type=dollars_in, metavar="AMOUNT", help="for one SMS")
    change.add_argument("--active", action=BooleanOptionalAction, help="--no-active: nothing is sent there")
    reset = _account_option(commands.add("reset-price", "undo set-price", _reset))
    reset.add_argument("country", help="two letters, such as US")


def _account_option(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--account", help="without it: for every account that has no price of its own")
    return parser


def _list(deps: Deps, given: Namespace) -> list[Row]:
    _check(deps, given)
    return [_tariff(tariff) for tariff in list_tariffs(deps, given.account)]


def _set(deps: Deps, given: Namespace) -> list[Row]:
    _check(deps, given)
    return [_tariff(change_price(deps, given.account, given.country, PriceChange(given.usd, given.active)))]


def _reset(deps: Deps, given: Namespace) -> list[Row]:
    _check(deps, given)
    return [_tariff(forget_price(deps, given.account, given.country))]


def _check(deps: Deps, given: Namespace) -> None:
    """Raises NotFound: a price for nobody would help nobody."""
    if given.account is not None:
        read_account(deps, given.account)


def _tariff(tariff: Tariff) -> Row:
    country = tariff.country
    named = {"country": country.code, "name": country.name, "dial_code": country.dial_code} if country else {}
    return {**named, "usd": dollars(tariff.micro_usd), "active": tariff.active}
