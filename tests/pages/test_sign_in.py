"""Signing up and in by a mailed link, and what must not be possible on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from dev.cloud_process import CloudProcess
from dev.mails import SENDER, mails_of, verify_sender
from roost.runtime.deps import Deps
from tests.in_role import handlers_in_role
from tests.pages.browser import Browser
from tests.roost_fixtures import Clock, forget_clients

ME = "owner@example.com"


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_EMAILS", f"{ME} @friends.example")
    monkeypatch.setenv("MAIL_FROM", SENDER)


@pytest.fixture
def browser(deps: Deps, allowed: None) -> Iterator[Browser]:
    forget_clients()
    verify_sender()
    with httpx.Client(base_url="https://roost.example", transport=handlers_in_role()) as http:
        yield Browser(http)


def links_to(cloud: CloudProcess, address: str) -> list[str]:
    """What the mail page of the local cloud shows for an address, oldest first."""
    mails = [mail for mail in mails_of(cloud.endpoint) if address in mail.to]
    return [re.findall(r"/login/link\?token=([0-9a-f]+)", mail.text)[0] for mail in mails]


def ask_for_link(browser: Browser, address: str) -> httpx.Response:
    return browser.submit(browser.open("/login"), "/login", email=address)


def use(browser: Browser, token: str) -> httpx.Response:
    return browser.submit(browser.open(f"/login/link?token={token}"), "/login/link")


@pytest.mark.capability("8MS-01")
def test_a_mailed_link_makes_a_workspace_once_and_signs_in(browser: Browser, cloud: CloudProcess) -> None:
    address = "new@friends.example"
    assert "on its way" in ask_for_link(browser, address).text
    [token] = links_to(cloud, address)
    page = use(browser, token)
    assert page.status_code == 200
    assert page.url.path == "/app/phones"
    assert address in page.text
    assert use(browser, token).status_code == 410, "a link works once"


def test_a_link_is_over_after_a_quarter_of_an_hour(browser: Browser, cloud: CloudProcess, clock: Clock) -> None:
    ask_for_link(browser, ME)
    clock.forward(minutes=15)
    refused = use(browser, links_to(cloud, ME)[-1])
    assert refused.status_code == 410
    assert "ask for a new one" in refused.text


def test_signing_in_again_opens_the_same_workspace(browser: Browser, cloud: CloudProcess) -> None:
    for _ in range(2):
        ask_for_link(browser, "again@friends.example")
        page = use(browser, links_to(cloud, "again@friends.example")[-1])
        listed = browser.open("/app/keys").text
        if "first key" not in listed:
            made = browser.submit(browser.open("/app/keys"), "/app/keys", name="first key")
            assert made.status_code == 201
    assert page.status_code == 200
    assert listed.count("first key") >= 1


def test_the_answer_does_not_tell_who_may_sign_in_and_nothing_is_mailed_to_strangers(
    browser: Browser, cloud: CloudProcess
) -> None:
    stranger = ask_for_link(browser, "somebody@elsewhere.example")
    friend = ask_for_link(browser, "known@friends.example")
    assert stranger.text.replace("somebody@elsewhere.example", "") == friend.text.replace("known@friends.example", "")
    assert links_to(cloud, "somebody@elsewhere.example") == []


def test_an_address_gets_five_links_an_hour_at_most(browser: Browser, cloud: CloudProcess) -> None:
    for _ in range(8):
        assert ask_for_link(browser, "flooded@friends.example").status_code == 200
    assert len(links_to(cloud, "flooded@friends.example")) == 5


def test_what_is_no_address_is_said_at_the_field(browser: Browser) -> None:
    answer = ask_for_link(browser, "not an address")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_sign_out_everywhere_ends_every_session(browser: Browser, cloud: CloudProcess, clock: Clock) -> None:
    others = []
    for _ in range(2):
        ask_for_link(browser, ME)
        with_cookie = httpx.Client(base_url="https://roost.example", transport=handlers_in_role())
        others.append(Browser(with_cookie))
        use(others[-1], links_to(cloud, ME)[-1])
        clock.forward(seconds=1)
    first, second = others
    left = first.submit(first.open("/app/phones"), "/logout", everywhere="1")
    assert left.url.path == "/login"
    assert second.open("/app/phones").url.path == "/login"
    first.http.close()
    second.http.close()


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(
    browser: Browser, cloud: CloudProcess
) -> None:
    ask_for_link(browser, ME)
    token = links_to(cloud, ME)[-1]
    answer = browser.http.post("/login/link", data={"token": token})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-roost=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}


def test_a_session_somebody_planted_is_not_taken_over(browser: Browser, cloud: CloudProcess) -> None:
    browser.http.cookies.set("__Host-roost", "a" * 64, domain="roost.example")
    ask_for_link(browser, ME)
    use(browser, links_to(cloud, ME)[-1])
    assert browser.http.cookies.get("__Host-roost", domain="roost.example") != "a" * 64


def test_a_link_from_elsewhere_signs_nobody_in_unseen(browser: Browser, cloud: CloudProcess) -> None:
    """Neither by a form of another site nor, in a browser that asked for no link, without a click."""
    ask_for_link(browser, ME)
    token = links_to(cloud, ME)[-1]
    assert "data-submit-at-once" in browser.open(f"/login/link?token={token}").text
    with httpx.Client(base_url="https://roost.example", transport=handlers_in_role()) as http:
        assert "data-submit-at-once" not in http.get(f"/login/link?token={token}").text
        forged = http.post("/login/link", data={"token": token}, headers={"sec-fetch-site": "cross-site"})
        assert forged.status_code == 403


def test_without_a_sender_everybody_gets_the_same_answer(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_FROM", "")
    forget_clients()
    assert [ask_for_link(browser, who).status_code for who in (ME, "stranger@elsewhere.example")] == [502, 502]


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_choosing_a_language_leads_nowhere_else(browser: Browser, back: str) -> None:
    answer = browser.http.post("/language", data={"language": "es", "back": back})
    assert answer.headers["location"] == "/es"


def test_the_language_is_chosen_and_remembered(browser: Browser) -> None:
    assert '<html lang="en">' in browser.open("/login").text
    assert '<html lang="es">' in browser.open("/login", **{"accept-language": "es-ES,en;q=0.5"}).text
    page = browser.submit(browser.open("/login"), "/language", language="es")
    assert '<html lang="es">' in page.text
    assert "Iniciar sesión" in page.text
    assert '<html lang="es">' in browser.open("/login").text
