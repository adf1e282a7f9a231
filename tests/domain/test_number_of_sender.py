"""Whose number a handset shows, where the network leaves the country out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.number_plan import LONGEST_SHORT_CODE, international, number_of_sender
from roost.domain.phones import Sim
from roost.storage.number_plan import dialling_of, diallings


@pytest.mark.parametrize(
    ("sender", "country", "number"),
    [
        ("4155551234", "US", "+14155551234"),
        ("1 (415) 555-1234", "US", "+14155551234"),
        ("600111222", "ES", "+34600111222"),
        ("34600111222", "ES", "+34600111222"),
        ("07911 123456", "GB", "+447911123456"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("01134600111222", "US", "+34600111222"),
        ("+34600111222", "US", "+34600111222"),
        ("0034600111222", "DE", "+34600111222"),
        ("436601234567", "AT", "+436601234567"),
        ("447911123456", "GB", "+447911123456"),
        ("62812345678", "ID", "+62812345678"),
        ("31612345678", "NL", "+31612345678"),
        ("34600111222", "NL", None),
        ("34600111222", "DE", None),
        ("447911123456", "AT", None),
        ("22000", "AT", None),
        ("217217", "ES", None),
        ("4880123", "IT", None),
        ("12345678", "DE", None),
        ("Movistar", "ES", None),
        ("6001112AB", "ES", None),
        ("", "ES", None),
    ],
)
def test_a_sender_without_its_country_has_that_of_the_sim(sender: str, country: str, number: str | None) -> None:
    assert number_of_sender(sender, diallings()[country]) == number


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("491701234567", "DE", "+491701234567"),
        ("919812345678", "IN", "+919812345678"),
        ("393331234567", "IT", "+393331234567"),
        ("1701234567", "DE", "+491701234567"),
        ("62812345678", "ID", None),
        ("0812345678", "ID", "+62812345678"),
    ],
)
def test_a_number_whose_plus_a_spreadsheet_took_does_not_get_its_country_twice(
    text: str, country: str, number: str | None
) -> None:
    assert international(text, diallings()[country]) == number, "what may be either is refused"


@given(st.text("0123456789", max_size=LONGEST_SHORT_CODE), st.sampled_from(sorted(diallings())))
def test_a_short_code_is_nobodys_number_in_any_country(code: str, country: str) -> None:
    assert number_of_sender(code, diallings()[country]) is None


@pytest.mark.parametrize(
    ("sim", "country"),
    [
        (Sim(0, "a", number="+34600000001", mccmnc="26201"), "ES"),
        (Sim(0, "a", number="600000001", mccmnc="21407"), "ES"),
        (Sim(0, "a", number="", mccmnc="310260"), "US"),
        (Sim(0, "a", mccmnc="42501"), "IL"),
        (Sim(0, "a", mccmnc="42505"), "PS"),
        (Sim(0, "a", mccmnc="00101"), None),
        (Sim(0, "a"), None),
    ],
)
def test_a_sim_dials_as_the_country_of_its_number_or_its_network(sim: Sim, country: str | None) -> None:
    assert dialling_of(sim) == (diallings()[country] if country else None)


def test_each_country_of_a_network_is_one_whose_dialling_is_known() -> None:
    networks = ("21407", "310260", "72411", "40401", "65501", "50501", "26201", "23410")
    assert all(dialling_of(Sim(0, "a", mccmnc=network)) is not None for network in networks)
