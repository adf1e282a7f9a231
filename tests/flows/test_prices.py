"""The owner edits what an SMS to a country costs."""

import pytest

from roost.domain.countries import DEFAULT_PRICE, HIGHEST_PRICE, PriceChange
from roost.domain.errors import InvalidRequest
from roost.runtime.deps import Deps
from roost.usecases.prices import change_price, forget_price, list_tariffs, tariff_of
from tests.roost_fixtures import Tenant

ANDORRA, GREENLAND = "+376312345", "+299221234"
"""Countries no other test prices: the deployment's prices are every account's."""


def test_a_price_is_the_accounts_or_else_the_deployments_or_else_the_default(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    deps, account = tenant.deps, tenant.account.id
    assert tariff_of(deps, account, ANDORRA).micro_usd == DEFAULT_PRICE
    change_price(deps, None, "AD", PriceChange(micro_usd=31_000))
    assert tariff_of(deps, account, ANDORRA).micro_usd == 31_000
    change_price(deps, account, "ad", PriceChange(micro_usd=29_500))
    assert tariff_of(deps, account, ANDORRA).micro_usd == 29_500
    assert tariff_of(deps, other_tenant.account.id, ANDORRA).micro_usd == 31_000
    forget_price(deps, account, "AD")
    assert tariff_of(deps, account, ANDORRA).micro_usd == 31_000


def test_switching_a_country_off_keeps_its_price(tenant: Tenant) -> None:
    deps, account = tenant.deps, tenant.account.id
    change_price(deps, account, "GL", PriceChange(micro_usd=1))
    change_price(deps, account, "GL", PriceChange(active=False))
    [listed] = [tariff for tariff in list_tariffs(deps, account) if tariff.country and tariff.country.code == "GL"]
    assert listed == tariff_of(deps, account, GREENLAND)
    assert (listed.micro_usd, listed.active) == (1, False)


@pytest.mark.parametrize(
    ("country", "price", "field"), [("AD", -1, "price"), ("AD", HIGHEST_PRICE + 1, "price"), ("ZZ", 1, "country")]
)
def test_a_price_that_makes_no_sense_changes_nothing(deps: Deps, country: str, price: int, field: str) -> None:
    before = list_tariffs(deps, None)
    with pytest.raises(InvalidRequest) as refused:
        change_price(deps, None, country, PriceChange(micro_usd=price))
    assert [problem.field for problem in refused.value.fields] == [field]
    assert list_tariffs(deps, None) == before


def test_a_number_of_no_country_has_the_default_price(tenant: Tenant) -> None:
    assert tariff_of(tenant.deps, tenant.account.id, "+888123456789").country is None
    assert tariff_of(tenant.deps, tenant.account.id, "+888123456789").micro_usd == DEFAULT_PRICE
