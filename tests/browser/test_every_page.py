"""Every page, in both languages, on a desk and on a phone: readable for everybody, small, and quiet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.axe_core import violations
from tests.browser.conftest import DESK_SIZED, PHONE_SIZED, Tab
from tests.pages.places import ANYONES, SIGNED_IN, SPANISH, things_of
from tests.roost_fixtures import Tenant

MOST_BYTES = 100_000
MOST_BLOCKING = 3
"""Requests a first paint waits for: the page, its style sheet, one more."""

EXPECTED = re.compile(r"status of 404")
"""A page that says 404 is told in the console, too."""

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
BLOCKING = (
    """() => performance.getEntriesByType('resource').filter(each => each.renderBlockingStatus === 'blocking').length"""
)


def complaints_about(tab: Tab, path: str) -> list[str]:
    answer = tab.open(path)
    found = [f"{path}: {each}" for each in violations(tab.page)]
    if len(answer.body()) > MOST_BYTES:
        found.append(f"{path}: {len(answer.body())} bytes")
    if blocking(tab.page) > MOST_BLOCKING:
        found.append(f"{path}: {blocking(tab.page)} blocking requests")
    found += [f"{path}: {said}" for said in tab.complaints if not EXPECTED.search(said)]
    tab.complaints.clear()
    tab.page.set_viewport_size(PHONE_SIZED)  # type: ignore[arg-type]
    if (wider := tab.page.evaluate(WIDER)) > 0:
        found.append(f"{path}: {wider} pixels wider than a phone")
    found += [f"{path} on a phone: {each}" for each in violations(tab.page)]
    tab.page.set_viewport_size(DESK_SIZED)  # type: ignore[arg-type]
    return found


def blocking(page: Page) -> int:
    """The page itself, and what its first paint waits for."""
    return 1 + int(page.evaluate(BLOCKING))


@pytest.mark.parametrize("path", [*ANYONES, *SPANISH])
def test_a_public_page_has_no_fault(tab: Tab, path: str) -> None:
    if path == "/nothing-here":
        path = "/docs/nothing-here"
    assert complaints_about(tab, path) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_of_the_dashboard_has_no_fault(signed_in: Tab, deployed: Tenant, language: str) -> None:
    things = things_of(deployed)
    signed_in.page.context.add_cookies([{"name": "roost_language", "value": language, "url": deployed.base_url}])
    found = [each for path in SIGNED_IN for each in complaints_about(signed_in, path.format(**things))]
    assert found == [], "\n".join(found)
    assert signed_in.page.evaluate("() => document.documentElement.lang") == language


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_both_colour_schemes_have_enough_contrast(signed_in: Tab, deployed: Tenant, scheme: str) -> None:
    deployed.pair("Drawer")
    signed_in.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/app/phones", "/app/messages", "/app/developers", "/docs/otp"):
        signed_in.open(path)
        assert violations(signed_in.page) == []
