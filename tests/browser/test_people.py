"""People written to, in a real browser: an answer to a reply, an opt-out, a file of contacts, a campaign."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS, Tab
from tests.flows.campaigns import pull_all
from tests.flows.test_conversations import ID, PEER, texts
from tests.pages.test_inbox import suggest
from tests.roost_fixtures import Tenant

expect.set_options(timeout=PATIENCE_MS)
ANA, BEN = "+34600000101", "+34600000102"


@pytest.mark.capability("8MS-30")
def test_a_reply_comes_in_is_answered_and_an_opt_out_is_seen_all_without_a_reload(
    signed_in: Tab, deployed: Tenant
) -> None:
    phone, page = deployed.pair(), signed_in.page
    signed_in.open("/app/inbox")
    page.evaluate("() => { window.sameDocument = true }")
    texts(phone, "How much is it?")
    expect(page.locator("#rows")).to_contain_text("1 unread")
    assert page.evaluate("() => window.sameDocument")
    page.get_by_role("link", name=PEER).click()
    page.wait_for_url(f"**/app/inbox/{ID}")
    page.evaluate("() => { window.sameDocument = true }")
    page.get_by_label("Answer").fill("half an ans")
    suggest(deployed, "It is ten euros.")
    expect(page.locator(".suggestion")).to_contain_text("It is ten euros.")
    expect(page.get_by_label("Answer")).to_have_value("half an ans")
    assert page.evaluate("() => window.sameDocument")
    page.get_by_role("link", name="Put it into the box").click()
    expect(page.get_by_label("Answer")).to_have_value("It is ten euros.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".said .out")).to_contain_text("It is ten euros.")
    [job] = phone.claim()
    assert (job["to"], job["text"]) == (PEER, "It is ten euros.")
    texts(phone, "STOP")
    expect(page.locator("form.problem")).to_contain_text("nothing is sent to this number")
    page.get_by_role("button", name="They agreed").click()
    expect(page.get_by_role("button", name="Do not contact")).to_be_visible()
    assert signed_in.complaints == []


@pytest.mark.capability("8MS-33", "8MS-35")
def test_a_file_is_imported_and_a_campaign_runs_over_it(signed_in: Tab, deployed: Tenant) -> None:
    phone, page = deployed.pair(), signed_in.page
    signed_in.open("/app/imports")
    content = f"phone,first_name\n{ANA},Ana\n{BEN},\n12,Nobody\n".encode()
    page.get_by_label("CSV file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_label("Tag everybody").fill("vip")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#progress .status")).to_have_text("done")
    with page.expect_download() as download:
        page.get_by_role("link", name="which and why, as CSV").click()
    assert download.value.suggested_filename == "errors-imp_1.csv"
    signed_in.open("/app/campaigns")
    page.get_by_label("Name", exact=True).fill("Sale")
    page.get_by_label("Text").fill("Hi {{first_name|there}}")
    page.get_by_label("Has all of these tags").fill("vip")
    page.get_by_label("Only from 8 to 21").uncheck()
    page.get_by_role("button", name="Make a draft").click()
    page.get_by_role("link", name="Preview").click()
    expect(page.locator("blockquote")).to_have_text(["Hi Ana", "Hi there"])
    page.get_by_role("button", name="Start it now").click()
    expect(page.locator("#progress .part-waiting").first).to_be_visible()
    page.evaluate("() => { window.sameDocument = true }")
    assert {job["text"] for job in pull_all(phone)} == {"Hi Ana", "Hi there"}
    expect(page.locator("dd").nth(1)).to_have_text("2")
    expect(page.locator("#progress svg .part-sent")).to_have_attribute("width", "1000")
    assert page.evaluate("() => window.sameDocument")
    assert signed_in.complaints == []
