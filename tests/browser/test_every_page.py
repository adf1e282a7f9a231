"""Every page, light in English on a desk and dark in Spanish on a phone: readable for everybody, small, and quiet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe_core import violations
from tests.browser.conftest import DESK_SIZED, PHONE_SIZED, Tab
from tests.pages.places import ANYONES, SIGNED_IN, SPANISH, things_of
from tests.roost_fixtures import Tenant

MOST_BYTES = 100_000
MOST_BLOCKING = 3
"""Requests a first paint waits for: the page, its style sheet, one more."""

LOOKS: Mapping[str, tuple[Mapping[str, int], str]] = MappingProxyType(
    {"en": (DESK_SIZED, "light"), "es": (PHONE_SIZED, "dark")}
)
"""Each page in either size, scheme and language, at half the time that all eight ways would take."""

EXPECTED = re.compile(r"status of 404|Not allowed to launch 'roost:")
"""A page that says 404 is told in the console, too; and /app/join hands over to an app that is not there."""

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
BLOCKING = (
    """() => performance.getEntriesByType('resource').filter(each => each.renderBlockingStatus === 'blocking').length"""
)


def look(tab: Tab, language: str) -> None:
    size, scheme = LOOKS[language]
    options: dict[str, Any] = {"color_scheme": scheme}
    tab.page.set_viewport_size(size)  # type: ignore[arg-type]
    tab.page.emulate_media(**options)
    tab.page.context.add_cookies([{"name": "roost_language", "value": language, "url": tab.base_url}])


def complaints_about(tab: Tab, paths: Iterable[str]) -> list[str]:
    return [each for path in paths for each in _complaints(tab, path)]


def _complaints(tab: Tab, path: str) -> list[str]:
    answer = tab.open(path)
    found = [f"{path}: {each}" for each in violations(tab.page)]
    if len(answer.body()) > MOST_BYTES:
        found.append(f"{path}: {len(answer.body())} bytes")
    if blocking(tab.page) > MOST_BLOCKING:
        found.append(f"{path}: {blocking(tab.page)} blocking requests")
    if (wider := tab.page.evaluate(WIDER)) > 0:
        found.append(f"{path}: {wider} pixels wider than the screen")
    found += [f"{path}: {said}" for said in tab.complaints if not EXPECTED.search(said)]
    tab.complaints.clear()
    return found


def blocking(page: Page) -> int:
    """The page itself, and what its first paint waits for."""
    return 1 + int(page.evaluate(BLOCKING))


@pytest.mark.parametrize(("language", "paths"), [("en", ANYONES), ("es", SPANISH)])
def test_no_public_page_has_a_fault(tab: Tab, language: str, paths: tuple[str, ...]) -> None:
    look(tab, language)
    found = complaints_about(tab, paths)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", LOOKS)
def test_no_page_of_the_dashboard_has_a_fault(signed_in: Tab, deployed: Tenant, language: str) -> None:
    things = things_of(deployed)
    look(signed_in, language)
    found = complaints_about(signed_in, [path.format(**things) for path in SIGNED_IN])
    assert found == [], "\n".join(found)
    assert signed_in.page.evaluate("() => document.documentElement.lang") == language
