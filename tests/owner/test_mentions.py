"""A number is found however it is written, and never in another that begins or ends with its digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from owner.mentions import ERASED, Number

ALICE = Number("+4930123456")


@pytest.mark.parametrize(
    "written",
    ["+4930123456", "004930123456", "+49 30 123456", "0049 (30) 123-456", "+49.30.12.34.56", "(+49) 30 123456"],
)
def test_each_spelling_with_its_country_is_taken_out(written: str) -> None:
    told = ALICE.without(f"Call {written}, or write.")
    assert ERASED in told
    assert not any(digit in told for digit in "123456")
    assert told.endswith(", or write.")


@pytest.mark.parametrize(
    "other",
    [
        "+493012345678", "+49301234567", "+49 30 123456 78", "+49 30 1234567", "+4930123456-78", "14930123456",
        "0014930123456", "con_493012345678", "con_14930123456", "4930123456", "msg_4930123456",
    ],
)  # fmt: skip
def test_the_digits_of_another_number_or_id_stay(other: str) -> None:
    assert ALICE.without(f"Call {other}.") == f"Call {other}."


def test_ids_that_are_made_of_the_number_are_taken_out_at_any_depth() -> None:
    event = {"at": 1, "ids": ["con_4930123456", "cnv_4930123456"], "tags": {"of +4930123456"}}
    assert ALICE.without(event) == {"at": 1, "ids": ["con_erased", "cnv_erased"], "tags": {"of erased"}}


E164 = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)


@given(E164, E164, st.sampled_from([" ", ", ", "\n", " and ", "; "]))
def test_of_two_numbers_exactly_the_one_goes(one: str, other: str, between: str) -> None:
    told = Number(one).without(f"{one}{between}{other}")
    assert told == f"{ERASED}{between}{ERASED if one == other else other}"


@given(E164, st.text("0123456789", min_size=1, max_size=4))
def test_a_longer_number_is_another(number: str, more: str) -> None:
    assert not Number(number).is_in(f"{number}{more}")
    assert not Number(number).is_in(f"opt-out#{number}{more}")
