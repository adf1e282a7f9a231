"""Which answers stop and resume messages, and whose number a sender is."""

import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.opt_outs import OPT_IN_WORDS, OPT_OUT_WORDS, OptOut, after_answer, do_not_contact_after
from roost.domain.phone_numbers import as_e164, is_e164

AROUND_IT = st.text(string.whitespace + string.punctuation + "¡¿…\u200b🛑", max_size=4)
EIGHTMS = ["STOP", "UNSUBSCRIBE", "REMOVE", "QUIT", "END", "CANCEL", "OPTOUT"]


@pytest.mark.capability("8MS-25")
@given(st.sampled_from(EIGHTMS) | st.sampled_from(sorted(OPT_OUT_WORDS)), AROUND_IT, AROUND_IT, st.randoms())
def test_each_word_alone_opts_out_in_any_case(word: str, before: str, after: str, random: Random) -> None:
    spelled = "".join(random.choice([letter.lower(), letter.upper()]) for letter in word)
    assert do_not_contact_after(f"{before}{spelled}{after}") is True


@pytest.mark.parametrize(
    "text", ["S.T.O.P", "ＳＴＯＰ", "stóp", "opt out", "Opt-Out!", "STOP ALL", "Arrêt", "Ｕnsubscribe"]
)
def test_accents_spaces_punctuation_and_full_width_letters_do_not_count(text: str) -> None:
    assert do_not_contact_after(text) is True


@given(st.sampled_from(sorted(OPT_IN_WORDS)), AROUND_IT, AROUND_IT)
def test_start_undoes_it(word: str, before: str, after: str) -> None:
    assert do_not_contact_after(f"{before}{word.title()}{after}") is False


@pytest.mark.capability("8MS-25")
@pytest.mark.parametrize(
    "text", ["", " ", "please stop by", "stop it", "non-stop", "stops", "don't stop", "start over", "stop 1", "👍"]
)
def test_a_word_inside_a_sentence_says_nothing(text: str) -> None:
    assert do_not_contact_after(text) is None


@pytest.mark.parametrize(
    ("sender", "number"),
    [
        ("+14155551234", "+14155551234"),
        ("+1 (415) 555-1234", "+14155551234"),
        ("0034600111222", "+34600111222"),
        ("600111222", None),
        ("Movistar", None),
        ("22000", None),
        ("", None),
    ],
)
def test_a_sender_is_known_by_its_number_only_with_its_country(sender: str, number: str | None) -> None:
    assert as_e164(sender) == number


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_number_stays_itself(number: str) -> None:
    assert is_e164(number)
    assert as_e164(number) == number


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=8), st.randoms())
def test_what_was_said_last_holds_in_whatever_order_it_is_reported(
    said: list[tuple[bool, int]], random: Random
) -> None:
    in_order = sorted({at: word for word, at in said}.items())
    reported = [(word, at) for at, word in in_order]
    random.shuffle(reported)
    known: OptOut | None = None
    for word, at in reported:
        known = after_answer(known, word, at) or known
    if in_order:
        assert known is not None
        assert (known.said_at, known.do_not_contact) == in_order[-1]
