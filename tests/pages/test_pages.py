"""The dashboard as a person without scripts uses it; and what strangers, forgers and injected HTML get."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from dev.lambda_transport import routes
from roost.runtime.deps import Deps
from tests.pages.browser import Browser, signed_in
from tests.pages.things import filled
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

PAGES = sorted((method, path) for method, path, _, _ in routes() if path.startswith("/app/"))
HIGHLEVEL = "/app/integrations/"
"""Pages of a Roost that HighLevel's app was set up for; tests/highlevel has one."""

EVIL = '<img src=x onerror="alert(1)">'


def link_in(page: httpx.Response) -> str:
    return html.unescape(re.findall(r'href="(roost://[^"]+)"', page.text)[0])


@pytest.mark.capability("8MS-03")
def test_a_phone_is_paired_by_the_code_of_the_page_and_its_card_says_connected(
    browser: Browser, tenant: Tenant
) -> None:
    page = browser.submit(browser.open("/app/phones"), "/app/phones/pairings", label="Drawer")
    assert "<svg" in page.text
    with httpx.Client(base_url=tenant.base_url, transport=tenant.transport) as http:
        PhoneDriver(http, tenant.deps.now).pair(link_in(page))
    cards = browser.open("/app/phones/cards", **{"hx-request": "true"}).text
    assert "Drawer" in cards
    assert "Connected" in cards


def test_a_message_is_written_and_its_way_is_shown(browser: Browser, tenant: Tenant) -> None:
    phone = tenant.pair()
    page = browser.submit(browser.open("/app/messages"), "/app/messages", to="+14155551234", body="hello")
    assert page.url.path.startswith("/app/messages/msg_")
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job))
    assert "sent" in browser.open(f"{page.url.path}/way").text
    assert "+14155551234" in browser.open("/app/messages").text


def test_a_bad_number_keeps_what_was_written_and_says_what_is_wrong(browser: Browser, tenant: Tenant) -> None:
    tenant.pair()
    page = browser.submit(browser.open("/app/messages"), "/app/messages", to="12", body="a long text I wrote")
    assert page.status_code == 422
    assert "a long text I wrote" in page.text
    assert "E.164" in page.text


def test_loosening_the_pace_is_done_only_when_the_warning_is_ticked(browser: Browser, tenant: Tenant) -> None:
    phone = tenant.pair(paced=True)
    path = f"/app/phones/{phone.device_id}"
    warned = browser.submit(browser.open(path), path, gap_seconds="60")
    assert warned.status_code == 409
    assert 'name="acknowledge"' in warned.text
    assert gap_of(tenant, phone) == 240
    assert browser.submit(warned, path, acknowledge="1").status_code == 200
    assert gap_of(tenant, phone) == 60


def gap_of(tenant: Tenant, phone: PhoneDriver) -> int:
    gap: int = tenant.http.get(f"/v1/phones/{phone.device_id}").json()["pacing"]["gap_seconds"]
    return gap


def test_a_paused_phone_resumes_and_a_removed_one_is_gone(browser: Browser, tenant: Tenant) -> None:
    phone = tenant.pair()
    assert "Paused" in browser.submit(browser.open("/app/phones"), f"/app/phones/{phone.device_id}/pause").text
    resumed = browser.submit(browser.open("/app/phones"), f"/app/phones/{phone.device_id}/pause", resume="1")
    assert "Paused" not in resumed.text
    page = browser.submit(browser.open(f"/app/phones/{phone.device_id}"), f"/app/phones/{phone.device_id}/remove")
    assert "No phone yet" in page.text


@pytest.mark.capability("DORA-04", "8MS-39")
def test_a_key_is_made_shown_once_used_and_revoked(browser: Browser, tenant: Tenant) -> None:
    tenant.pair()
    made = browser.submit(browser.open("/app/keys"), "/app/keys", name="shop")
    secret = re.findall(r'id="secret">([^<]+)<', made.text)[0]
    message, headers = {"to": "+14155551234", "body": "hi"}, {"authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=tenant.base_url, transport=tenant.transport, headers=headers) as http:
        assert http.post("/v1/sms/send", json=message).status_code == 201
        listed = browser.open("/app/keys")
        assert secret not in listed.text
        key_id = re.findall(r"/app/keys/(key_[0-9a-f]+)/revoke", listed.text.partition(">shop<")[2])[0]
        browser.submit(listed, f"/app/keys/{key_id}/revoke")
        assert http.post("/v1/sms/send", json=message).status_code == 401


def test_the_deployed_pages_may_do_what_they_show(deployed: Tenant, deps: Deps) -> None:
    deployed.pair()
    with httpx.Client(base_url=deployed.base_url, timeout=30) as http:
        browser = signed_in(deps, deployed.account, f"{deployed.account.id}@example.com", http)
        listed = (path for method, path in PAGES if method == "GET" and "{" not in path)
        for path in sorted(path for path in listed if not path.startswith(HIGHLEVEL)):
            assert browser.open(path).status_code == 200, path
        saved = browser.submit(browser.open("/app/settings"), "/app/settings", gap_seconds="300")
        assert 'value="300"' in saved.text
        assert 'id="secret"' in browser.submit(browser.open("/app/developers"), "/app/developers/key").text
        made = browser.submit(browser.open("/app/keys"), "/app/keys", name="deployed")
        assert made.status_code == 201
        key_id = re.findall(r"/app/keys/(key_[0-9a-f]+)/revoke", browser.open("/app/keys").text)[-1]
        assert browser.submit(browser.open("/app/keys"), f"/app/keys/{key_id}/revoke").status_code == 200
        sent = browser.submit(browser.open("/app/messages"), "/app/messages", to="+14155551234", body="hello")
        assert sent.url.path.startswith("/app/messages/msg_")


def test_html_in_a_name_or_a_text_stays_text(browser: Browser, tenant: Tenant) -> None:
    phone = tenant.pair(EVIL)
    tenant.send(body=EVIL)
    for path in ("/app/phones", f"/app/phones/{phone.device_id}", "/app/messages"):
        page = browser.open(path)
        assert html.escape(EVIL, quote=False) in page.text.replace("&#34;", '"'), path
        assert EVIL not in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(("method", "path"), [page for page in PAGES if "{" in page[1]])
def test_a_strangers_ids_are_unknown(
    method: str, path: str, browser: Browser, tenant: Tenant, other_tenant: Tenant
) -> None:
    path = filled(path, other_tenant)
    token = re.findall(r'name="form_token" value="([0-9a-f]+)"', browser.open("/app/keys").text)[0]
    fields = {"form_token": token, "name": "mine", "gap_seconds": "240", "daily_cap": "10", "timezone": "UTC"}
    fields["hours"] = "1"
    answer = browser.http.request(method, path, data=fields if method == "POST" else None)
    assert answer.status_code == 404


@pytest.mark.parametrize(("method", "path"), [page for page in PAGES if page[0] == "POST"])
@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_from_elsewhere_does_nothing(method: str, path: str, token: str, browser: Browser) -> None:
    path = re.sub(r"\{\w+\}", "1", path)
    assert browser.http.request(method, path, data={"form_token": token}).status_code == 403


def test_who_is_not_signed_in_is_led_to_do_so_also_from_a_part_of_a_page(browser: Browser) -> None:
    browser.http.cookies = httpx.Cookies()
    assert browser.open("/app/phones").url.path == "/login"
    part = browser.open("/app/phones/cards", **{"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login")


def test_a_message_of_the_page_is_charged_and_canceled_there(browser: Browser, tenant: Tenant) -> None:
    tenant.pair()
    tenant.top_up(credits=2)
    page = browser.submit(browser.open("/app/messages"), "/app/messages", to="+14155551234", body="hello")
    assert tenant.http.get("/v1/account").json()["credits"] == 1
    assert "canceled" in browser.submit(page, f"{page.url.path}/cancel").text
    [message] = tenant.http.get("/v1/messages").json()["data"]
    assert message["status"] == "canceled"
