"""Which replies a classifier sees, and what is believed of its answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.conversations import Intent
from roost.domain.messages import Direction, Kind
from roost.domain.reply_labels import LONGEST_SUGGESTION, checked_label, may_be_classified
from tests.domain.builders import a_message


def reply(text: str, **members: object) -> bool:
    known = {"direction": Direction.IN, "peer": "+34600111222", **members}
    return may_be_classified(a_message(text=text, **known))


@pytest.mark.parametrize("text", ["Yes please", "Can we meet on the 12th at 10:30?", "I live at 12", "no gracias"])
def test_words_of_a_person_are_classified(text: str) -> None:
    assert reply(text)


@pytest.mark.parametrize(
    "text", ["STOP", " s t o p ", "Baja", "START", "", "  ", "483920", "48 39 20", "Your code is 483920", "PIN: 1234"]
)
def test_opt_outs_and_codes_go_nowhere(text: str) -> None:
    assert not reply(text)


def test_what_no_person_wrote_to_us_goes_nowhere() -> None:
    assert not reply("hello", direction=Direction.OUT)
    assert not reply("hello", peer="BANK")
    assert not reply("hello", kind=Kind.CALL)
    assert reply("hello", kind=Kind.MMS)


@given(st.text(max_size=2 * LONGEST_SUGGESTION))
def test_whatever_is_suggested_is_one_plain_line_without_a_link(text: str) -> None:
    suggestion = checked_label("question", text).suggested_response
    assert suggestion is None or (
        len(suggestion) <= LONGEST_SUGGESTION and suggestion.isprintable() and "http" not in suggestion.lower()
    )


@pytest.mark.parametrize("text", ["see https://evil.example", "go to www.evil.example", "pay at evil.example/x", ""])
def test_a_link_is_never_suggested(text: str) -> None:
    assert checked_label("positive", text).suggested_response is None


def test_there_are_five_labels_and_no_other() -> None:
    assert [checked_label(intent.value, "Fine.").intent for intent in Intent] == list(Intent)
    with pytest.raises(ValueError, match="admin"):
        checked_label("admin", None)
