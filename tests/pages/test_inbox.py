"""The inbox as a person without scripts uses it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from roost.domain.conversations import Intent
from roost.storage.conversations import get_conversation, put_conversation
from tests.flows.test_conversations import ID, PEER, listed, said, texts
from tests.flows.test_withdrawn import a_job_of_a_batch
from tests.pages.browser import Browser
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

PAGE = f"/app/inbox/{ID}"
EVIL = '<img src=x onerror="alert(1)">'


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


def suggest(tenant: Tenant, suggestion: str) -> None:
    """What a classifier leaves behind."""
    before = get_conversation(tenant.deps.contacts, tenant.account.id, PEER)
    assert before is not None
    put_conversation(
        tenant.deps.contacts, before, replace(before, intent=Intent.QUESTION, suggested_response=suggestion)
    )


def test_a_reply_is_listed_unread_opened_and_answered_by_the_phone_that_holds_it(
    browser: Browser, phone: PhoneDriver, clock: Clock
) -> None:
    texts(phone, "Are you open?")
    clock.forward(seconds=1)
    rows = browser.open("/app/inbox/rows", **{"hx-request": "true"}).text
    assert "Are you open?" in rows
    assert "1 unread" in rows
    answered = browser.submit(browser.open(PAGE), PAGE, body="Until eight")
    assert answered.url.path == PAGE
    assert answered.text.index("Are you open?") < answered.text.index("Until eight")
    assert "unread" not in answered.text
    [job] = phone.claim()
    assert (job["to"], job["text"]) == (PEER, "Until eight")


def test_a_form_sent_twice_answers_once_and_another_text_is_another_answer(
    browser: Browser, tenant: Tenant, phone: PhoneDriver, clock: Clock
) -> None:
    texts(phone, "Are you open?")
    page = browser.open(PAGE)
    for text in ("Yes", "Yes", "Until eight"):
        clock.forward(seconds=1)
        browser.submit(page, PAGE, body=text)
    assert said(tenant) == ["Are you open?", "Yes", "Until eight"]


def test_what_is_refused_keeps_what_was_written(browser: Browser, phone: PhoneDriver) -> None:
    texts(phone, "STOP")
    refused = browser.submit(browser.open(PAGE), PAGE, body="But we have a sale")
    assert refused.status_code == 403
    assert "But we have a sale" in refused.text
    assert 'role="alert"' in refused.text


@pytest.mark.capability("8MS-30")
def test_a_suggested_answer_stands_beside_the_reply_and_is_put_into_the_box(
    browser: Browser, tenant: Tenant, phone: PhoneDriver
) -> None:
    texts(phone, "How much is it?")
    suggest(tenant, "It is ten euros.")
    shown = browser.open(f"{PAGE}/said", **{"hx-request": "true"}).text
    assert "It is ten euros." in shown
    assert "question" in shown
    [link] = re.findall(r'href="([^"]+\?suggested=1)#answer"', shown)
    filled_in = browser.open(link).text
    assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", filled_in) == ["It is ten euros."]
    assert said(tenant) == ["How much is it?"], "nothing is sent before somebody sends it"


def test_an_opt_out_is_a_banner_and_is_set_and_lifted_by_hand(
    browser: Browser, tenant: Tenant, phone: PhoneDriver
) -> None:
    texts(phone, "Please call me")
    stopped = browser.submit(browser.open(PAGE), f"{PAGE}/do-not-contact")
    assert "nothing is sent to this number" in stopped.text
    assert tenant.send(PEER).status_code == 403
    assert "opted out" in browser.open("/app/inbox").text
    allowed = browser.submit(stopped, f"{PAGE}/do-not-contact", allow="1")
    assert "nothing is sent to this number" not in allowed.text
    assert tenant.send(PEER).status_code == 201


def test_it_is_read_put_away_taken_back_and_given_to_somebody(
    browser: Browser, tenant: Tenant, phone: PhoneDriver
) -> None:
    texts(phone, "Hello")
    assert "unread" not in browser.submit(browser.open(PAGE), f"{PAGE}/read").text
    assert PEER not in browser.submit(browser.open(PAGE), f"{PAGE}/archive").text
    assert PEER in browser.open("/app/inbox?status=archived").text
    browser.submit(browser.open(PAGE), f"{PAGE}/archive", reopen="1")
    assert PEER in browser.open("/app/inbox").text
    browser.submit(browser.open(PAGE), f"{PAGE}/assign", to_me="1")
    assert listed(tenant)[0]["assigned_to"] == f"{tenant.account.id}@example.com".lower()
    assert PEER in browser.open("/app/inbox?mine=1").text
    refused = browser.submit(browser.open(PAGE), f"{PAGE}/assign", assigned_to="nobody@elsewhere.example")
    assert (refused.status_code, "nobody who signs in" in refused.text) == (422, True)
    browser.submit(browser.open(PAGE), f"{PAGE}/assign", assigned_to="")
    assert listed(tenant)[0]["assigned_to"] is None
    assert PEER not in browser.open("/app/inbox?mine=1").text


@pytest.mark.parametrize(("query", "is_found"), [("q=600111", True), ("q=HELLO", True), ("q=goodbye", False)])
def test_the_inbox_is_searched(browser: Browser, phone: PhoneDriver, query: str, is_found: bool) -> None:
    texts(phone, "Hello")
    assert (PEER in browser.open(f"/app/inbox?{query}").text) is is_found


def test_older_conversations_and_words_are_on_further_pages(browser: Browser, phone: PhoneDriver, clock: Clock) -> None:
    for number in range(51):
        clock.forward(seconds=1)
        texts(phone, f"word {number}", sender=PEER)
        texts(phone, "hi", sender=f"+346001112{number:02d}")
    for path, oldest in (("/app/inbox", ">+34600111200<"), (PAGE, ">word 0<")):
        first = browser.open(path)
        assert oldest not in first.text
        [link] = re.findall(rf'href="({re.escape(path)}\?[^"]*before=[^"]+)"', first.text)
        assert oldest in browser.open(html.unescape(link)).text


def test_a_sender_without_a_number_is_shown_and_cannot_be_answered(browser: Browser, phone: PhoneDriver) -> None:
    texts(phone, "Your parcel is here", sender="POST")
    [path] = re.findall(r'href="(/app/inbox/cnv_x[0-9a-f]+)"', browser.open("/app/inbox").text)
    page = browser.open(path)
    assert "Your parcel is here" in page.text
    assert "<textarea" not in page.text


def test_html_of_a_name_or_a_text_stays_text(browser: Browser, tenant: Tenant, phone: PhoneDriver) -> None:
    contact = {"number": PEER, "name": EVIL}
    tenant.http.post("/v1/contacts", json=contact).raise_for_status()
    texts(phone, EVIL)
    suggest(tenant, EVIL)
    for path in ("/app/inbox", PAGE, f"{PAGE}?suggested=1"):
        page = browser.open(path).text
        assert EVIL not in page, path
        assert page.count("&lt;img src=x") >= 2, path


def test_an_answer_is_charged_as_any_message_is(browser: Browser, tenant: Tenant, phone: PhoneDriver) -> None:
    tenant.top_up(credits=2)
    texts(phone, "Are you open?")
    browser.submit(browser.open(PAGE), PAGE, body="Until eight")
    assert tenant.http.get("/v1/account").json()["credits"] == 1


def test_a_stop_set_by_hand_takes_back_what_a_phone_has_not_accepted(
    browser: Browser, tenant: Tenant, phone: PhoneDriver
) -> None:
    texts(phone, "Please call me")
    job = a_job_of_a_batch(tenant, phone, PEER)
    browser.submit(browser.open(PAGE), f"{PAGE}/do-not-contact")
    assert tenant.message(job["job_id"])["status"] == "canceled"
    assert phone.call(phone.accept(job))["rejected"][0]["code"] == "lease_lost"
