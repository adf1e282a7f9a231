"""Which country a number belongs to, and which price applies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.countries import DEFAULT_PRICE, LONGEST_PREFIX, PriceChange, by_prefix, country_of, tariff
from roost.storage.countries import countries, countries_by_prefix

PREFIXES = sorted(countries_by_prefix())


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+12025551234", "US"),
        ("+14165551234", "CA"),
        ("+12425551234", "BS"),
        ("+17875551234", "PR"),
        ("+19395551234", "PR"),
        ("+8005551234", None),
        ("+447911123456", "GG"),
        ("+447700900123", "GB"),
        ("+441534123456", "JE"),
        ("+77011234567", "KZ"),
        ("+79161234567", "RU"),
        ("+3906698123", "VA"),
        ("+393331234567", "IT"),
        ("+33612345678", "FR"),
        ("+212600000000", "MA"),
        ("+38344123456", "XK"),
    ],
)
def test_the_longest_prefix_decides(number: str, code: str | None) -> None:
    found = country_of(number, countries_by_prefix())
    assert (found and found.code) == code


def test_every_country_is_listed_once_and_no_prefix_belongs_to_two() -> None:
    codes = [country.code for country in countries()]
    assert len(codes) == len(set(codes)) >= 240
    assert len(PREFIXES) == sum(len(country.prefixes) for country in countries())
    for country in countries():
        assert country.name
        assert country.prefixes
        assert all(prefix.isdigit() and len(prefix) <= LONGEST_PREFIX for prefix in country.prefixes)
        assert any(prefix.startswith(country.dial_code[1:]) for prefix in country.prefixes), country


@given(st.sampled_from(PREFIXES), st.text("0123456789", min_size=0, max_size=7))
def test_no_known_prefix_of_a_number_is_longer_than_the_one_that_decided(prefix: str, rest: str) -> None:
    number = f"+{prefix}{rest}"
    known = [other for other in PREFIXES if number[1:].startswith(other)]
    found = country_of(number, by_prefix(countries()))
    assert found is not None
    assert max(known, key=len) in found.prefixes


def test_an_accounts_own_price_goes_before_the_deployments_member_by_member() -> None:
    own, general = PriceChange(micro_usd=500), PriceChange(micro_usd=7_000, active=False)
    assert tariff(None).micro_usd == DEFAULT_PRICE
    assert (tariff(None, None, general).micro_usd, tariff(None, None, general).active) == (7_000, False)
    assert (tariff(None, own, general).micro_usd, tariff(None, own, general).active) == (500, False)
    assert tariff(None, PriceChange(active=True), general).active
    assert tariff(None, PriceChange(micro_usd=0)).micro_usd == 0, "free is a price"
