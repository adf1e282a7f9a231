"""The webhooks pages: add, see the secret once, watch attempts, test, replay, switch off."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from roost.outbound.webhook_http import WebhookHttp
from roost.runtime.deps import Deps
from roost.web import receivers
from tests.pages.browser import Browser, signed_in
from tests.roost_fixtures import Tenant
from tests.webhook_receiver import receiving

URL = "https://hooks.roost.dev/in"
PATIENCE_SECONDS = 120


@pytest.fixture
def public_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    http = WebhookHttp(resolver=lambda host, *_: ["93.184.215.14"] if host == "hooks.roost.dev" else ["10.0.0.5"])
    monkeypatch.setattr(receivers, "webhook_http", lambda: http)


def added(browser: Browser, url: str = URL) -> httpx.Response:
    return browser.submit(browser.open("/app/webhooks"), "/app/webhooks", url=url)


def path_in(page: httpx.Response) -> str:
    return str(re.findall(r'action="(/app/webhooks/whk_[0-9a-f]+)/test"', page.text)[0])


def test_a_webhooks_secret_is_shown_when_it_is_made_and_when_it_is_new(browser: Browser, public_dns: None) -> None:
    page = added(browser)
    [secret] = re.findall(r'id="secret">(whsec_[^<]+)<', page.text)
    path = path_in(page)
    assert secret not in browser.open(path).text
    [rotated] = re.findall(r'id="secret">(whsec_[^<]+)<', browser.submit(page, f"{path}/rotate").text)
    assert rotated != secret


@pytest.mark.parametrize("url", ["http://hooks.roost.dev/in", "https://inside.roost.dev/", "not a url"])
def test_a_url_that_may_not_be_called_is_refused_and_stays_in_the_form(
    browser: Browser, public_dns: None, url: str
) -> None:
    page = added(browser, url)
    assert page.status_code == 422
    assert f'value="{url}"' in page.text
    assert "No webhook yet" in page.text


def test_without_an_event_nothing_is_added(browser: Browser, public_dns: None) -> None:
    page = browser.open("/app/webhooks")
    token = re.findall(r'name="form_token" value="([0-9a-f]+)"', page.text)[0]
    refused = browser.http.post("/app/webhooks", data={"form_token": token, "url": URL})
    assert refused.status_code == 422
    assert "choose at least one" in refused.text


def test_one_that_is_off_says_so_and_refuses_tests_and_replays(browser: Browser, public_dns: None) -> None:
    page = added(browser)
    path = path_in(page)
    off = browser.submit(page, path)
    assert "Disabled at" in off.text
    for action, filled_in in (("test", {}), ("replay", {"hours": "24"})):
        refused = browser.submit(off, f"{path}/{action}", **filled_in)
        assert refused.status_code == 409
        assert "enable it first" in refused.text
    assert "Disabled at" not in browser.submit(off, path, enable="1").text
    assert "No webhook yet" in browser.submit(browser.open(path), f"{path}/remove").text


def test_a_replay_of_an_age_nobody_offered_is_refused(browser: Browser, public_dns: None) -> None:
    page = added(browser)
    assert browser.submit(page, f"{path_in(page)}/replay", hours="9999").status_code == 422


def test_an_attempt_is_shown_with_its_answer_and_can_be_repeated(deployed: Tenant, deps: Deps) -> None:
    """The whole way, through the deployed functions and a receiver that is really called."""
    with receiving() as receiver, httpx.Client(base_url=deployed.base_url, timeout=60) as http:
        browser = signed_in(deps, deployed.account, f"{deployed.account.id}@example.com", http)
        page = browser.submit(
            browser.open("/app/webhooks"), "/app/webhooks", url=receiver.url, **{"event:message.queued": "1"}
        )
        path = path_in(page)
        browser.submit(page, f"{path}/test")
        deployed.pair()
        deployed.send()
        shown = page_with(browser, path, "message.queued", "webhook.test")
        assert 'class="status delivered">204<' in shown.text
        resend = re.findall(r'action="(/app/webhooks/\w+/deliveries/\w+/resend)"', shown.text)[0]
        assert browser.submit(shown, resend).status_code == 200
        assert browser.submit(shown, f"{path}/replay", hours="1").status_code == 200


def page_with(browser: Browser, path: str, *words: str) -> httpx.Response:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page = browser.open(path)
        if all(f"<td>{word}<br>" in page.text for word in words):
            return page
        time.sleep(0.2)
    raise AssertionError(f"no attempt of {words} in time")
