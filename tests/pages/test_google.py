"""Google sign-in against a provider of our own: what signs in, and every answer that must not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import httpx
import pytest
from joserfc.jwk import RSAKey

from roost.runtime.deps import Deps
from tests.cloud_fixtures import GOOGLE_PARAMETER
from tests.in_role import handlers_in_role
from tests.pages.browser import Browser, signed_in
from tests.pages.stub_provider import CLIENT_ID, CLIENT_SECRET, Answer, StubProvider
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant, forget_clients

ME = "owner@example.com"


@pytest.fixture
def provider(deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubProvider]:
    with StubProvider() as stub:
        stub.now = lambda: clock() / 1_000
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "issuer": stub.issuer}
        boto3.client("ssm").put_parameter(
            Name=GOOGLE_PARAMETER, Value=json.dumps(client), Type="SecureString", Overwrite=True
        )
        monkeypatch.setenv("GOOGLE_PARAMETER", GOOGLE_PARAMETER)
        monkeypatch.setenv("ALLOWED_EMAILS", ME)
        forget_clients()
        yield stub


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(base_url="https://roost.example", transport=handlers_in_role()) as made:
        yield made


def back_from(provider: StubProvider, http: httpx.Client, email: str = ME, **claims: Any) -> httpx.Response:
    provider.answer.claims = {"email": email, "email_verified": True, **claims}
    asked = http.get("/login/google")
    return http.get("/login/google/callback", params=provider.consent(asked.headers["location"]))


@pytest.mark.capability("DORA-01")
def test_google_signs_up_and_in_without_a_password(provider: StubProvider, http: httpx.Client) -> None:
    page = http.get("/signup").text
    assert 'href="/login/google"' in page
    assert "password" not in re.findall(r'type="(\w+)"', page)
    answer = back_from(provider, http)
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/phones")
    assert ME in http.get("/app/phones").text


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"aud": "somebody.else"},
        {"iss": "https://elsewhere.example"},
        {"nonce": "0" * 64},
        {"exp": 1},
        {"email": "not an address"},
    ],
    ids=str,
)
def test_a_token_for_somebody_else_signs_nobody_in(
    provider: StubProvider, http: httpx.Client, claims: dict[str, Any]
) -> None:
    assert back_from(provider, http, **claims).status_code == 403
    assert http.get("/app/phones").status_code == 303


def test_a_token_signed_by_another_key_signs_nobody_in(provider: StubProvider, http: httpx.Client) -> None:
    provider.answer = Answer(key=RSAKey.generate_key(2048, {"kid": "one"}))
    assert back_from(provider, http).status_code == 403


def test_who_may_not_sign_up_is_told_so(provider: StubProvider, http: httpx.Client) -> None:
    refused = back_from(provider, http, "stranger@elsewhere.example")
    assert refused.status_code == 403
    assert "ask who runs this server" in refused.text


def changed_state(answer: dict[str, str]) -> dict[str, str]:
    return {**answer, "state": "0" * 64}


def without_code(answer: dict[str, str]) -> dict[str, str]:
    return {"error": "access_denied", "state": answer["state"]}


@pytest.mark.parametrize("change", [changed_state, without_code])
def test_an_answer_that_is_none_signs_nobody_in(
    provider: StubProvider, http: httpx.Client, change: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    provider.answer.claims = {"email": ME, "email_verified": True}
    answer = change(provider.consent(http.get("/login/google").headers["location"]))
    assert http.get("/login/google/callback", params=answer).status_code == 403


def test_an_answer_fits_only_the_browser_that_asked(provider: StubProvider, http: httpx.Client) -> None:
    """Or an attacker's answer would sign a victim in to the attacker's account, unseen."""
    provider.answer.claims = {"email": ME, "email_verified": True}
    answer = provider.consent(http.get("/login/google").headers["location"])
    with httpx.Client(base_url="https://roost.example", transport=handlers_in_role()) as other:
        other.get("/login/google")
        assert other.get("/login/google/callback", params=answer).status_code == 403


def test_without_a_client_there_is_no_button_and_no_way(deps: Deps, http: httpx.Client) -> None:
    assert "/login/google" not in http.get("/login").text
    assert http.get("/login/google").status_code == 404


@pytest.mark.capability("DORA-02")
def test_a_phone_joins_by_signing_in_and_another_by_its_code(
    provider: StubProvider, http: httpx.Client, tenant: Tenant, deps: Deps
) -> None:
    browser = signed_in(deps, tenant.account, f"{tenant.account.id}@example.com", http)
    tenant.pair("Drawer")
    http.cookies.delete("__Host-roost")
    wanted = browser.open("/app/join?label=Kitchen%20phone")
    assert wanted.url.path == "/login"
    back_from(provider, http, f"{tenant.account.id}@example.com")
    page = browser.open("/app/join?label=Kitchen%20phone")
    link = html.unescape(re.findall(r'href="(roost://[^"]+)" data-open-at-once', page.text)[0])
    with httpx.Client(base_url=tenant.base_url, transport=tenant.transport) as phone:
        PhoneDriver(phone, tenant.deps.now).pair(link)
    cards = browser.open("/app/phones").text
    assert "Drawer" in cards
    assert "Kitchen phone" in cards


def test_after_signing_in_the_page_that_was_wanted_follows(provider: StubProvider, http: httpx.Client) -> None:
    Browser(http).open("/app/join?label=Kitchen%20phone")
    assert back_from(provider, http).headers["location"] == "/app/join?label=Kitchen%20phone"


@pytest.mark.parametrize("planted", ["//evil.example", "https://evil.example", "/\\\\evil.example", "/login"])
def test_a_planted_wish_leads_nowhere_else(provider: StubProvider, http: httpx.Client, planted: str) -> None:
    http.cookies.set("roost_wanted", planted, domain="roost.example")
    assert back_from(provider, http).headers["location"] == "/app/phones"
