"""How many parts a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.segments import GSM7_BASIC, GSM7_EXTENSION, MAX_SEGMENTS, segments_of

PUBLISHED = [
    ("", "gsm7", 0, 1),
    ("a" * 160, "gsm7", 160, 1),
    ("a" * 161, "gsm7", 161, 2),
    ("a" * 306, "gsm7", 306, 2),
    ("a" * 307, "gsm7", 307, 3),
    ("€" * 80, "gsm7", 160, 1),
    ("€" * 81, "gsm7", 162, 2),
    ("я" * 70, "ucs2", 70, 1),
    ("я" * 71, "ucs2", 71, 2),
    ("я" * 134, "ucs2", 134, 2),
    ("я" * 135, "ucs2", 135, 3),
    ("😀" * 35, "ucs2", 70, 1),
    ("😀" * 36, "ucs2", 72, 2),
    ("Ahoj á", "ucs2", 6, 1),
]


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"), PUBLISHED, ids=[repr(row[0][:3]) + str(row[2]) for row in PUBLISHED]
)
def test_a_text_takes_the_published_number_of_parts(text: str, encoding: str, units: int, count: int) -> None:
    found = segments_of(text)
    assert (found.encoding, found.units, found.count) == (encoding, units, count)


def test_an_escape_sequence_is_never_split_over_two_parts() -> None:
    assert segments_of("a" * 152 + "€" + "a" * 152).count == 3, "the € does not fit behind 152 letters in a part of 153"


def test_a_surrogate_pair_is_never_split_over_two_parts() -> None:
    assert segments_of("я" * 66 + "😀" + "я" * 66).count == 3


def test_the_longest_text_of_smsdora_is_sendable() -> None:
    assert segments_of("a" * 1_600).count == MAX_SEGMENTS


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=700))
def test_the_parts_are_enough_and_none_is_wasted(text: str) -> None:
    found = segments_of(text)
    single, per_part, widest = (160, 153, 2) if found.encoding == "gsm7" else (70, 67, 2)
    if found.units <= single:
        assert found.count == 1
    else:
        assert found.count * per_part >= found.units
        assert (found.count - 1) * (per_part - widest + 1) < found.units


@given(st.text(alphabet=sorted(GSM7_BASIC | GSM7_EXTENSION), max_size=400))
def test_gsm_characters_stay_gsm(text: str) -> None:
    assert segments_of(text).encoding == "gsm7"
