"""The shapes of API keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.api_keys import ALPHABET, checksum, hint_of, looks_like_a_key, new_secret

entropy = st.binary(min_size=24, max_size=24)


@pytest.mark.parametrize("body", ["qkJaB6MffYVzZXWqmcoF49yrUxP3wf0LsakP", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"])
def test_the_checksum_is_the_one_of_npm_and_github_tokens(body: str) -> None:
    assert checksum(body[:30]) == body[30:]


@given(entropy)
def test_new_keys_of_every_shape_are_recognised(random: bytes) -> None:
    for key_format in ("roost", "smsgw", "sms8"):
        assert looks_like_a_key(new_secret(key_format, "key_ab12cd34", random))


@given(entropy, st.integers(min_value=0, max_value=35), st.sampled_from(ALPHABET))
def test_a_changed_character_is_noticed_without_a_database(random: bytes, place: int, letter: str) -> None:
    secret = new_secret("roost", "key_00000000", random)
    at = len("roost_") + place
    changed = secret[:at] + letter + secret[at + 1 :]
    assert looks_like_a_key(changed) == (changed == secret)


@pytest.mark.capability("DORA-07")
def test_a_key_for_smsdora_clients_has_the_documented_format() -> None:
    secret = new_secret("smsgw", "key_ab12cd34", bytes(range(24)))
    assert secret == "smsgw_ab12cd34_000102030405060708090a0b0c0d0e0f1011121314151617"


def test_a_hint_shows_the_prefix_and_the_last_four_only() -> None:
    assert hint_of("smsgw_ab12cd34_00010203aabb") == "smsgw_ab12cd34_…aabb"
    assert hint_of("roost_0123456789") == "roost_…6789"
