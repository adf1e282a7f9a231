"""Amounts are integers; text only on the wire."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.money import dollars


@given(st.integers(-(10**15), 10**15))
def test_dollars_are_exact(micro_usd: int) -> None:
    assert Decimal(dollars(micro_usd)) * 1_000_000 == micro_usd


@pytest.mark.parametrize(("micro_usd", "text"), [(12_345_678, "12.345678"), (0, "0.000000"), (-10_000, "-0.010000")])
def test_dollars_have_six_decimals(micro_usd: int, text: str) -> None:
    assert dollars(micro_usd) == text
