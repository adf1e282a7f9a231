"""What a newcomer does, in a real browser: sign up, pair, send, watch, make a key, hear of it by webhook."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Response, expect

from dev.cloud_process import CloudProcess
from dev.mails import mails_of, verify_sender
from roost.dialects.pages.phones import qr_picture
from tests.browser.conftest import PATIENCE_MS, Tab
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant
from tests.webhook_receiver import receiving

expect.set_options(timeout=PATIENCE_MS)
LONGEST_BETWEEN_LOOKS = 4
"""s: leaves one of the five for the answer."""


def paired_through(tab: Tab, tenant: Tenant, label: str) -> PhoneDriver:
    """By what the picture says: it is drawn anew from the link beside it, and must be the same."""
    tab.open("/app/phones")
    tab.page.get_by_label("Name").fill(label)
    tab.page.get_by_role("button", name="Show the code").click()
    picture = tab.page.locator("#pairing .code")
    expect(picture).to_be_visible()
    link = tab.page.locator("#pairing a[href^='roost://']").get_attribute("href")
    assert link is not None
    drawn = re.findall(r' d="([^"]+)"', str(qr_picture(link)))
    assert re.findall(r' d="([^"]+)"', picture.inner_html()) == drawn
    phone = PhoneDriver(
        tenant.clients.enter_context(httpx.Client(base_url=tenant.base_url, timeout=60)), tenant.deps.now
    )
    phone.pair(link)
    return phone


@pytest.mark.capability("8MS-01", "DORA-01")
def test_a_newcomer_signs_up_by_the_mailed_link(tab: Tab, deployed: Tenant, cloud: CloudProcess) -> None:
    verify_sender()
    address = f"new-{deployed.account.id}@browser.example"
    tab.open("/signup")
    assert tab.page.locator("input[type=password]").count() == 0
    tab.page.get_by_label("E-mail address").fill(address)
    tab.page.get_by_role("button", name="Send me a link").click()
    expect(tab.page.get_by_role("status")).to_contain_text(address)
    [mail] = [mail for mail in mails_of(cloud.endpoint) if address in mail.to]
    [path] = re.findall(r"(/login/link\?token=[0-9a-f]+)", mail.text)
    tab.open(path)
    tab.page.wait_for_url("**/app/phones")
    expect(tab.page.get_by_text("No phone yet")).to_be_visible()
    assert tab.complaints == []


@pytest.mark.capability("8MS-03", "8MS-04")
def test_a_card_turns_connected_without_a_reload_by_the_first_look_after_the_pairing(
    signed_in: Tab, deployed: Tenant
) -> None:
    """Within 5 s where the answer takes one: how often the page looks is held here, not how long a machine takes."""
    phone = paired_through(signed_in, deployed, "Drawer")
    with signed_in.page.expect_response(asked_after("/app/phones/cards", time.time())) as looked:
        signed_in.page.evaluate("() => { window.sameDocument = true }")
    assert phone.device_id in looked.value.text()
    assert "Connected" in looked.value.text()
    card = signed_in.page.locator(f"#{phone.device_id}")
    expect(card).to_contain_text("Drawer")
    expect(card).to_contain_text("Connected")
    trigger = str(signed_in.page.locator("#cards").get_attribute("hx-trigger"))
    assert 1 <= int(trigger.removeprefix("every ").removesuffix("s")) <= LONGEST_BETWEEN_LOOKS
    assert signed_in.page.evaluate("() => window.sameDocument")


def asked_after(path: str, seconds: float) -> Callable[[Response], bool]:
    """Whether an answer is of `path`, and the browser asked for it after that second of this machine's clock."""

    def is_it(answer: Response) -> bool:
        return answer.url.endswith(path) and answer.request.timing["startTime"] > seconds * 1_000

    return is_it


@pytest.mark.capability("SMS8-67")
@pytest.mark.parametrize(("api", "path"), [("sms8", "/services/send.php"), ("v1", "/v1/sms/send")])
def test_the_tester_sends_from_the_browser_and_shows_the_answer(
    signed_in: Tab, deployed: Tenant, api: str, path: str
) -> None:
    key = deployed.sms8().key
    deployed.pair()
    page, told = signed_in.page, []
    signed_in.open("/app/developers")
    page.on("request", lambda request: told.append(request))
    page.get_by_label("API").select_option(api)
    page.locator("#key").fill(key)
    page.locator("#phone").fill("+14155550007")
    page.locator("#message").fill('It\'s a "test" \\ of 100 %')
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#answer")).to_contain_text("+14155550007")
    with_key = [each.url for each in told if key in (each.post_data or "") + each.url + str(each.all_headers())]
    assert with_key == [deployed.base_url + path]
    code, _, body = page.locator("#answer").inner_text().partition("\n")
    assert (code, bool(json.loads(body))) == ("200" if api == "sms8" else "201", True)
    for tab in page.locator(f"[data-api={api}] [role=tab]").all():
        tab.click()
        panel = page.locator(f"#{tab.get_attribute('aria-controls')}")
        expect(panel).to_contain_text("+14155550007")
        expect(panel).to_contain_text("100 %")
    assert deployed.http.get("/v1/messages").json()["data"][0]["body"] == 'It\'s a "test" \\ of 100 %'


@pytest.mark.capability("DORA-17")
def test_a_message_is_written_and_seen_delivered_without_a_reload(signed_in: Tab, deployed: Tenant) -> None:
    phone = deployed.pair()
    page = signed_in.page
    signed_in.open("/app/messages")
    page.get_by_label("To", exact=True).fill("+14155550008")
    page.get_by_label("Text", exact=True).fill("<b>hello</b>")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/app/messages/msg_*")
    page.evaluate("() => { window.sameDocument = true }")
    [job] = phone.claim()
    for event, word in (("job.sent", "sent"), ("job.delivered", "delivered")):
        phone.call(phone.event(event, job))
        expect(page.locator("#way .status")).to_have_text(word)
    assert page.evaluate("() => window.sameDocument")
    expect(page.locator("blockquote")).to_have_text("<b>hello</b>")
    assert page.locator("blockquote b").count() == 0


@pytest.mark.capability("DORA-04")
def test_a_key_is_made_and_used_and_a_webhook_hears_of_it(signed_in: Tab, deployed: Tenant) -> None:
    deployed.pair()
    page = signed_in.page
    with receiving() as receiver:
        signed_in.open("/app/webhooks")
        page.get_by_label("URL").fill(receiver.url)
        page.get_by_label("message.queued").check()
        page.get_by_role("button", name="Add a webhook").click()
        address = page.locator("form[action$='/test']").get_attribute("action")
        signed_in.open("/app/keys")
        page.get_by_label("Name").fill("shop")
        page.get_by_role("button", name="Make a key").click()
        secret = page.locator("#secret").inner_text()
        headers = {"authorization": f"Bearer {secret}"}
        body = {"to": "+14155550009", "body": "by key"}
        assert httpx.post(f"{deployed.base_url}/v1/sms/send", json=body, headers=headers, timeout=60).status_code == 201
        receiver.wait_for(1, PATIENCE_MS / 1_000)
        seen_after_reloads(signed_in, str(address).removesuffix("/test"), "204")


def seen_after_reloads(tab: Tab, path: str, answer: str) -> None:
    """The attempt is listed a moment after the receiver has it."""
    deadline = time.monotonic() + PATIENCE_MS / 1_000
    while time.monotonic() < deadline:
        tab.open(path)
        if answer in tab.page.locator("td .status.delivered").all_inner_texts():
            return
        tab.page.wait_for_timeout(200)
    raise AssertionError(f"no attempt that was answered {answer}")


@pytest.mark.capability("SMS8-73")
def test_the_dashboard_changes_its_language_and_remembers_it(signed_in: Tab) -> None:
    page = signed_in.page
    signed_in.open("/app/phones")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Teléfonos")
    signed_in.open("/app/keys")
    expect(page.get_by_role("heading", level=1)).to_have_text("Claves de API")
