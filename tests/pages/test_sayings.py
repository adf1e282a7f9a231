"""Who chose Spanish reads no English: neither a sentence that code says nor a word of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.pages.developers import MESSAGE
from roost.dialects.pages.render import LANGUAGES, templates, words
from roost.dialects.pages.sayings import say, sayings
from roost.domain.pacing import Pacing, loosened
from roost.usecases.run_campaign import REFUSALS
from tests.pages.browser import Browser
from tests.pages.places import SIGNED_IN, SPANISH, things_of
from tests.pages.sentences import sentences
from tests.roost_fixtures import Tenant

FIELD = re.compile(r'<(?:input|textarea|select)[^>]*? name="(\w+)"')
UNTYPED = re.compile(r'type="(?:hidden|checkbox)"')
"""Fields nobody types into are never what is wrong."""


def test_every_sentence_that_code_says_has_its_spanish_one() -> None:
    assert {said: place for said, place in sentences().items() if said not in sayings("es")} == {}


def test_no_saying_is_of_a_sentence_that_nobody_says_any_more() -> None:
    """Names of fields end in a colon; the phone's reasons are words of the phone protocol."""
    known = sentences()
    left = {said for language in LANGUAGES for said in sayings(language) if said not in known and " " in said}
    assert {said for said in left if not said.endswith(":")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_is_typed_into_has_a_name_for_people(language: str) -> None:
    assert {name for name in _typed_fields() if f"{name}:" not in sayings(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_campaign_paused_itself_is_said_in_words(language: str) -> None:
    assert {refusal.code for refusal in REFUSALS if say(language, refusal.code) == refusal.code} == set()


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("to: must have 1 to 80 characters", "Para: debe tener de 1 a 80 caracteres"),
        (
            "This message is delivered: it cannot be changed any more",
            "Este mensaje está entregado: ya no se puede cambiar",
        ),
        ("attempt 1 failed: phone_silent", "intento 1 fallido: el teléfono dejó de dar señales"),
        (
            "phn_1 keeps a gap of 240 s; next slot 2026-11-21T19:00:00Z",
            "phn_1 respeta una pausa de 240 s; próximo turno",
        ),
        ("name: is empty; to: lies in the past", "Nombre: está vacío; Para: está en el pasado"),
        ("what: nobody knows this", "what: nobody knows this"),
    ],
)
def test_a_sentence_keeps_its_values_and_what_is_joined_is_said_part_by_part(english: str, spanish: str) -> None:
    assert say("es", english) == spanish


def test_a_warning_is_said_with_all_its_reasons() -> None:
    warnings = loosened(Pacing(gap_seconds=0, daily_cap=5_000, warm_up=False))
    told = say("es", f"{'; '.join(warnings)}. Send the same with acknowledge: true if you accept that")
    assert not any(warning in told for warning in warnings)
    assert told.endswith("Marca la casilla si lo aceptas")


@given(st.text())
def test_a_text_that_nobody_wrote_down_is_shown_as_it_is_or_in_its_parts(text: str) -> None:
    """Whatever it holds, saying it ends."""
    assert isinstance(say("es", text), str)
    assert say("es", f"No page {text}.") == f"No existe la página {say('es', f'{text}.')}"


def test_no_page_in_spanish_shows_a_known_english_phrase(browser: Browser, tenant: Tenant) -> None:
    things, phrases = things_of(tenant), set(_english_phrases())
    assert _english_in(browser.open("/app/phones").text, phrases), "in English there are some"
    browser.http.cookies.set("roost_language", "es", domain="roost.example")
    for path in (*SIGNED_IN, *SPANISH):
        page = browser.open(path.format(**things)).text
        assert 'lang="es"' in page, path
        assert _english_in(page, phrases) == [], path
    refused = browser.submit(browser.open("/app/messages"), "/app/messages", to="12", body="hi")
    assert "Para: debe ser un número de teléfono" in refused.text
    assert _english_in(refused.text, phrases) == []


def _english_phrases() -> Iterator[str]:
    """Two words or more that stand in an English text and in no Spanish one; the text that samples send is English."""
    spanish = " ".join((*words("es").values(), *sayings("es").values()))
    for text in (*words("en").values(), *sentences()):
        for phrase in re.split(r"\{\w*\}", text):
            if " " in phrase.strip() and phrase.strip() not in spanish and phrase.strip() != MESSAGE:
                yield phrase.strip()


def _english_in(page: str, phrases: set[str]) -> list[str]:
    text = _text_of(page)
    return [phrase for phrase in phrases if phrase in text]


def _text_of(page: str) -> str:
    """What people read or hear: without code, and with what attributes say."""
    without_code = re.sub(r"<(script|pre|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    told = re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', without_code)
    return " ".join([re.sub(r"<[^>]+>", " ", without_code), *told])


def _typed_fields() -> set[str]:
    found = set()
    for name in templates().list_templates(filter_func=lambda name: name.endswith(".html")):
        source, _, _ = templates().loader.get_source(templates(), name)  # type: ignore[union-attr]
        found |= {field[1] for field in FIELD.finditer(source) if not UNTYPED.search(field[0])}
    return found
