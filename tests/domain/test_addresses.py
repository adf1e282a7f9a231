"""Where a key may be used from."""

import pytest

from roost.domain.addresses import canonical_network, is_allowed


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.0/24 ", "203.0.113.0/24"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::1", "::1"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_an_address_or_range_is_kept_in_one_spelling(written: str, kept: str) -> None:
    assert canonical_network(written) == kept


@pytest.mark.parametrize("written", ["", "localhost", "203.0.113", "203.0.113.0/33", "1.2.3.4-1.2.3.9", "10.0.0.0/-1"])
def test_anything_else_is_refused_with_examples(written: str) -> None:
    with pytest.raises(ValueError, match=r"203\.0\.113\.0/24"):
        canonical_network(written)


def test_a_range_with_bits_behind_its_prefix_is_refused_and_the_meant_one_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/24"):
        canonical_network("10.0.0.9/24")


@pytest.mark.parametrize(
    ("source", "allowed"),
    [
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("10.255.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("2001:db8:1::9", True),
        ("2001:db9::1", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_an_address_is_allowed_if_a_network_holds_it(source: str, *, allowed: bool) -> None:
    assert is_allowed(source, ["203.0.113.7", "10.0.0.0/8", "2001:db8::/32"]) is allowed
