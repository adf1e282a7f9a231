"""Contacts, lists and imports as a person without scripts uses them."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.pages import imports
from roost.dialects.pages.contact_query import fields_of, lines_of
from tests.flows.campaigns import add_contacts, us_numbers
from tests.pages.browser import Browser
from tests.roost_fixtures import Tenant

ANA, BEN = "+34600000101", "+34600000102"
PAGE = "/app/contacts/con_34600000101"
EVIL = '<img src=x onerror="alert(1)">'


def contact(tenant: Tenant, number: str = ANA) -> dict[str, Any]:
    answer = tenant.http.get(f"/v1/contacts/{number}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_contact_is_added_changed_and_deleted(browser: Browser, tenant: Tenant) -> None:
    added = browser.submit(
        browser.open("/app/contacts"),
        "/app/contacts",
        number=ANA,
        first_name="Ana",
        tags="vip, new",
        fields="city: Vigo",
    )
    assert added.url.path == PAGE
    browser.submit(added, PAGE, first_name="Anita", tags="vip", fields="pet: cat")
    known = contact(tenant)
    assert (known["first_name"], known["tags"], known["fields"]) == ("Anita", ["vip"], {"pet": "cat"})
    gone = browser.submit(browser.open(PAGE), f"{PAGE}/remove")
    assert ANA not in gone.text
    assert browser.open(PAGE).status_code == 404


def test_adding_a_known_number_keeps_what_is_not_said_again(browser: Browser, tenant: Tenant) -> None:
    add_contacts(tenant, ANA, first_name="Ana", tags=frozenset({"vip"}), fields={"city": "Vigo"})
    browser.submit(browser.open("/app/contacts"), "/app/contacts", number=ANA, last_name="Ruiz")
    known = contact(tenant)
    assert (known["name"], known["tags"], known["fields"]) == ("Ana Ruiz", ["vip"], {"city": "Vigo"})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"number": "12", "last_name": "Kept"}, "E.164"),
        ({"number": ANA, "last_name": "Kept", "email": "x"}, "is no e-mail address"),
        ({"number": ANA, "last_name": "Kept", "fields": "city Vigo"}, "write a name, a colon and a value"),
    ],
)
def test_what_is_wrong_with_a_contact_is_said_and_what_was_written_kept(
    browser: Browser, fields: dict[str, str], problem: str
) -> None:
    refused = browser.submit(browser.open("/app/contacts"), "/app/contacts", **fields)
    assert (refused.status_code, problem in refused.text, 'value="Kept"' in refused.text) == (422, True, True)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("search=ana", [ANA]), ("tag=vip", [ANA]), ("list_id=lst_1", [BEN]), ("search=nobody", []), ("", [ANA, BEN])],
)
def test_contacts_are_found_by_words_tag_and_list_on_the_page_and_in_the_file(
    browser: Browser, tenant: Tenant, query: str, numbers: list[str]
) -> None:
    add_contacts(tenant, ANA, first_name="Ana", tags=frozenset({"vip"}))
    browser.submit(browser.open("/app/lists"), "/app/lists", name="News")
    tenant.http.post("/v1/lists/lst_1/contacts", json={"number": BEN}).raise_for_status()
    page = browser.open(f"/app/contacts?{query}").text
    assert [number in page for number in (ANA, BEN)] == [number in numbers for number in (ANA, BEN)]
    file = browser.open(f"/app/contacts/export?{query}")
    assert file.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert [row["phone"] for row in rows] == numbers


def test_all_contacts_are_reached_page_by_page(browser: Browser, tenant: Tenant) -> None:
    numbers = us_numbers(51)
    add_contacts(tenant, *numbers)
    first = browser.open("/app/contacts").text
    [link] = re.findall(r'href="(/app/contacts\?[^"]*after=[^"]+)"', first)
    second = browser.open(html.unescape(link)).text
    assert [number for number in numbers if number in first] == numbers[:50]
    assert [number for number in numbers if number in second] == numbers[50:]


def test_a_list_is_made_renamed_joined_left_and_removed(browser: Browser, tenant: Tenant) -> None:
    add_contacts(tenant, ANA)
    browser.submit(browser.open("/app/lists"), "/app/lists", name="News")
    renamed = browser.submit(browser.open("/app/lists"), "/app/lists/lst_1", name="Offers")
    assert "Offers" in renamed.text
    for leave, subscribed in (({}, True), ({"leave": "1"}, False), ({}, True)):
        browser.submit(browser.open(PAGE), f"{PAGE}/lists", **leave)
        assert contact(tenant)["lists"] == [{"list_id": "lst_1", "subscribed": subscribed}]
    browser.submit(browser.open("/app/lists"), "/app/lists/lst_1/remove")
    assert contact(tenant)["lists"] == []
    nameless = browser.submit(browser.open("/app/lists"), "/app/lists", name=" ")
    assert (nameless.status_code, "1 to 60 characters" in nameless.text) == (422, True)


def test_a_contact_is_stopped_and_allowed_by_hand(browser: Browser, tenant: Tenant) -> None:
    add_contacts(tenant, ANA)
    stopped = browser.submit(browser.open(PAGE), f"{PAGE}/do-not-contact")
    assert "nothing is sent to this number" in stopped.text
    assert contact(tenant)["do_not_contact"]
    assert "opted out" in browser.open("/app/contacts").text
    browser.submit(stopped, f"{PAGE}/do-not-contact", allow="1")
    assert not contact(tenant)["do_not_contact"]


@pytest.mark.capability("8MS-33")
def test_a_file_is_imported_and_the_refused_rows_are_a_file_again(browser: Browser, tenant: Tenant) -> None:
    content = f"first_name,phone,city\nAna,{ANA},Vigo\nBad,12,\nBen,600 000 102,Lugo\n".encode()
    page = browser.upload(browser.open("/app/imports"), "/app/imports", content, country="es", tags="spring")
    assert page.url.path == "/app/imports/imp_1"
    assert "done" in page.text
    assert "100 %" in page.text
    assert contact(tenant, BEN)["fields"] == {"city": "Lugo"}
    assert contact(tenant)["tags"] == ["spring"]
    refused = browser.open("/app/imports/imp_1/errors")
    assert refused.headers["content-disposition"] == 'attachment; filename="errors-imp_1.csv"'
    [row] = csv.DictReader(io.StringIO(refused.content.decode("utf-8-sig")))
    assert row["row"] == "3"


def test_a_file_that_is_none_says_why_on_its_page(browser: Browser) -> None:
    for content, problem in ((b"PK\x03\x04rest", "Excel workbook"), (b"", "choose a CSV file")):
        page = browser.upload(browser.open("/app/imports"), "/app/imports", content)
        assert problem in page.text


def test_past_imports_are_listed_newest_first_with_their_counts_and_error_files(
    browser: Browser, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PAGE", 1)
    assert "None in the last 30 days" in browser.open("/app/imports").text
    for content in (b"phone\n+34600000101\n", b"phone\n+34600000102\n12\n"):
        browser.upload(browser.open("/app/imports"), "/app/imports", content)
    newest = browser.open("/app/imports").text
    assert ("/app/imports/imp_2" in newest, "/app/imports/imp_1" in newest) == (True, False)
    assert "/app/imports/imp_2/errors" in newest
    older = browser.open("/app/imports?before=imp_2").text
    assert ("/app/imports/imp_1" in older, "/app/imports/imp_1/errors" in older) == (True, False)
    assert "before=" not in older


def test_a_file_from_elsewhere_imports_nothing(browser: Browser, tenant: Tenant) -> None:
    files = {"file": ("contacts.csv", f"phone\n{ANA}\n".encode(), "text/csv")}
    for token in ({}, {"form_token": "0" * 64}):
        assert browser.http.post("/app/imports", data=token, files=files).status_code == 403
    assert tenant.http.get(f"/v1/contacts/{ANA}").status_code == 404


def test_html_of_a_name_a_tag_a_field_or_a_list_stays_text(browser: Browser, tenant: Tenant) -> None:
    add_contacts(tenant, ANA, name=EVIL, tags=frozenset({EVIL}), fields={"pet": EVIL})
    browser.submit(browser.open("/app/lists"), "/app/lists", name=EVIL)
    for path in ("/app/contacts", PAGE, "/app/lists", "/app/imports", f"/app/contacts?search={EVIL}"):
        page = browser.open(path).text
        assert EVIL not in page, path
        assert "&lt;img src=x" in page, path


WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=":"), min_size=1, max_size=20)


@given(st.dictionaries(WORDS, WORDS, max_size=5))
def test_fields_come_back_from_their_lines(fields: dict[str, str]) -> None:
    assert fields_of(lines_of(fields)) == fields
