"""What the owner set up by half is said, with what to mend, and works from the moment it is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import httpx
import pytest

from dev.lambda_transport import LambdaTransport
from roost.domain.accounts import Account
from roost.runtime.deps import Deps
from tests.highlevel.signing import signed
from tests.pages.browser import Browser, signed_in
from tests.roost_fixtures import Tenant, forget_clients

HERE = "/app/integrations/highlevel"
NEVER_MADE = "/roost/never-made"
HALF_MADE = "/roost/half-made"


def dashboard(deps: Deps, account: Account, http: httpx.Client) -> Browser:
    return signed_in(deps, account, f"{account.id}@example.com", http)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(base_url="https://roost.example", transport=LambdaTransport()) as made:
        yield made


def test_a_parameter_that_was_named_but_never_made_is_said_with_the_way_out(
    deps: Deps, tenant: Tenant, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIGHLEVEL_PARAMETER", NEVER_MADE)
    forget_clients()
    answer = dashboard(deps, tenant.account, http).open(HERE)
    assert answer.status_code == 503
    for said in ("HighLevelParameter", NEVER_MADE, "make it as a SecureString", "deploy again"):
        assert said in answer.text
    assert "<h1>" in answer.text, "a page, as everything a browser asks for"


def test_a_parameter_that_holds_something_else_is_said_without_showing_it_and_works_once_it_is_mended(
    deps: Deps, tenant: Tenant, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"client_id": "65aa0d1f-lq8x", "client_secret": "not-to-be-shown"}
    keep(json.dumps(kept))
    monkeypatch.setenv("HIGHLEVEL_PARAMETER", HALF_MADE)
    forget_clients()
    browser = dashboard(deps, tenant.account, http)
    answer = browser.open(HERE)
    assert (answer.status_code, "mend conversation_provider_id" in answer.text) == (503, True)
    assert "not-to-be-shown" not in answer.text
    keep("{")
    assert "mend the JSON" in browser.open(HERE).text
    keep(json.dumps(kept | {"conversation_provider_id": "ours"}))
    assert browser.open(HERE).status_code == 200


def test_what_highlevel_delivers_meanwhile_is_asked_for_once_more(
    deps: Deps, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIGHLEVEL_PARAMETER", NEVER_MADE)
    forget_clients()
    body = b'{"type": "ContactCreate"}'
    assert http.post("/integrations/webhooks", content=body, headers=signed(body)).status_code == 429


def test_google_sign_in_that_was_set_up_by_half_says_so_to_whoever_presses_its_button(
    deps: Deps, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_PARAMETER", NEVER_MADE)
    forget_clients()
    answer = http.get("/login/google")
    assert answer.status_code == 503
    assert "GoogleParameter" in answer.text


def keep(value: str) -> None:
    boto3.client("ssm").put_parameter(Name=HALF_MADE, Value=value, Type="SecureString", Overwrite=True)
