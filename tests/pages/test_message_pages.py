"""The messages page: filters, the file it exports, and what a spreadsheet must not run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.pages.export_messages import cell
from tests.pages.browser import Browser
from tests.roost_fixtures import Clock, Tenant

FORMULAS = ("=HYPERLINK(1)", "+1+1", "-1", "@SUM(A1)", "\t=1")


def rows_of(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = browser.open(f"/app/messages/export?{query}")
    assert answer.headers["content-disposition"] == 'attachment; filename="messages.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.capability("DORA-17")
def test_each_message_is_listed_with_its_status_as_it_is_now(browser: Browser, tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send(to="+14155551234", body="to be delivered")
    [job] = phone.claim()
    for event, word in (("job.sent", "sent"), ("job.delivered", "delivered")):
        phone.call(phone.event(event, job))
        part = browser.open("/app/messages/rows", **{"hx-request": "true"}).text
        assert f'class="status {word}"' in part
        assert "to be delivered" in part


@pytest.mark.parametrize(
    ("query", "bodies"),
    [
        ("peer=%2B14155550002", ["latecomer"]),
        ("status=sent", ["early-bird"]),
        ("since=2077-01-16", ["latecomer"]),
        ("until=2077-01-15", ["early-bird"]),
        ("phone_id=phn_1&direction=out", ["latecomer", "early-bird"]),
        ("phone_id=phn_9", []),
        ("status=nonsense&since=2077-99-99", ["latecomer", "early-bird"]),
    ],
)
def test_filters_narrow_the_page_and_the_file_alike(
    browser: Browser, tenant: Tenant, clock: Clock, query: str, bodies: list[str]
) -> None:
    phone = tenant.pair()
    tenant.send(to="+14155550001", body="early-bird")
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job))
    clock.forward(hours=24)
    tenant.send(to="+14155550002", body="latecomer")
    assert [row["text"] for row in rows_of(browser, query)] == bodies
    page = browser.open(f"/app/messages?{query}").text
    assert [text in page for text in ("early-bird", "latecomer")] == [
        text in bodies for text in ("early-bird", "latecomer")
    ]


def test_the_file_holds_what_the_page_shows_and_runs_nothing(browser: Browser, tenant: Tenant) -> None:
    tenant.pair()
    for text in FORMULAS:
        tenant.send(body=text)
    rows = rows_of(browser)
    assert {row["text"] for row in rows} == {f"'{text}" for text in FORMULAS}
    assert {row["number"] for row in rows} == {"+14155551234"}
    assert {row["direction"] for row in rows} == {"out"}


@given(st.text(max_size=30))
def test_no_cell_begins_as_a_formula_unless_it_is_a_number(text: str) -> None:
    shown = cell(text)
    assert shown.removeprefix("'") == text.removeprefix("'") or shown == text
    assert shown[:1] not in tuple("=+-@\t\r\n") or shown.removeprefix("+").isdecimal()
