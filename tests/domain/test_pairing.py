"""Pairing codes and tokens."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.errors import PairingCodeExpired, PairingCodeUsed
from roost.domain.instants import MINUTE
from roost.domain.pairing import Pairing, eightms_link, phone_of_token, phone_token, redeemed_before, roost_link

NOW = 1_800_000_000_000
FRESH = Pairing("acme", "hash", expires_at=NOW + 10 * MINUTE)
USED = Pairing("acme", "hash", NOW + 10 * MINUTE, used_by="i1", phone=1)

labels = st.none() | st.text(min_size=1, max_size=40)


@given(labels)
def test_a_link_reads_back_whatever_the_label_holds(label: str | None) -> None:
    url = "https://api.example.com/prod"
    short = parse_qs(urlsplit(roost_link(url, "c0de", label)).query, keep_blank_values=True)
    long = parse_qs(urlsplit(eightms_link(url, "c0de", label)).query, keep_blank_values=True)
    assert (short["u"], short["c"], short.get("l")) == ([url], ["c0de"], [label] if label else None)
    assert (long["endpoint"], long["token"], long.get("label")) == ([url], ["c0de"], [label] if label else None)


def test_a_code_works_once_and_its_lost_answer_can_be_asked_for_again() -> None:
    assert redeemed_before(FRESH, "i1", NOW) is False
    assert redeemed_before(USED, "i1", NOW) is True
    with pytest.raises(PairingCodeUsed):
        redeemed_before(USED, "i2", NOW)


def test_a_code_lives_ten_minutes() -> None:
    assert redeemed_before(FRESH, "i1", NOW + 10 * MINUTE - 1) is False
    for gone in (FRESH, USED, None):
        with pytest.raises(PairingCodeExpired):
            redeemed_before(gone, "i1", NOW + 10 * MINUTE)


@given(st.text(max_size=60))
def test_reading_a_token_never_raises(text: str) -> None:
    phone_of_token(text)
    assert phone_of_token(phone_token("acme", 12, "ab" * 32)) == ("acme", 12)
