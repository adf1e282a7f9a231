"""Campaigns as a person without scripts runs them."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.pages.campaign_draft import form_of, members_of
from roost.dialects.pages.plots import LENGTH, along
from roost.domain.audiences import ContactFilter
from roost.domain.campaigns import Campaign
from roost.domain.open_hours import EVERY_DAY, Window
from tests.flows.campaigns import add_contacts, look, pull_all, shown, us_numbers
from tests.pages.browser import Browser
from tests.roost_fixtures import Tenant

PAGE = "/app/campaigns/cmp_1"
EVIL = '<img src=x onerror="alert(1)">'
VIP = frozenset({"vip"})


def drafted(browser: Browser, **fields: str) -> str:
    """The address of a new draft that may reach everybody at any hour."""
    filled_in = {"name": "Sale", "template": "Hi {{first_name|there}}", "by_day": "", **fields}
    made = browser.submit(browser.open("/app/campaigns"), "/app/campaigns", **filled_in)
    assert made.status_code == 200, made.text
    return made.url.path


def test_a_draft_is_previewed_started_and_followed_to_its_end(browser: Browser, tenant: Tenant) -> None:
    phone = tenant.pair()
    add_contacts(tenant, *us_numbers(2), tags=VIP, first_name="Ana")
    add_contacts(tenant, "+34600000109")
    assert drafted(browser, tags="vip") == PAGE
    preview = browser.open(f"{PAGE}/preview")
    assert "Hi Ana" in preview.text
    assert re.search(r"<dt>Recipients</dt><dd>2</dd></div>\s*<div><dt>SMS parts</dt><dd>2</dd>", preview.text)
    assert "<dt>Done, not before</dt><dd><time" in preview.text
    assert "running" in browser.submit(preview, f"{PAGE}/start").text
    look(tenant, "cmp_1")
    live = browser.open(f"{PAGE}/progress", **{"hx-request": "true"}).text
    assert 'class="part-waiting"' in live
    assert "<dt>Done, not before</dt><dd><time" in live
    assert {job["text"] for job in pull_all(phone)} == {"Hi Ana"}
    look(tenant, "cmp_1")
    ended = browser.open(PAGE).text
    assert "completed" in ended
    assert f'<rect x="0" width="{LENGTH}" height="40" class="part-sent"/>' in ended
    assert "hx-get" not in ended, "what is over is not asked about again"


def test_a_campaign_is_paused_resumed_and_canceled_by_its_buttons(browser: Browser, tenant: Tenant) -> None:
    tenant.pair()
    add_contacts(tenant, *us_numbers(2))
    drafted(browser)
    browser.submit(browser.open(f"{PAGE}/preview"), f"{PAGE}/start")
    for move, status in (("pause", "paused"), ("resume", "running"), ("cancel", "canceled")):
        browser.submit(browser.open(PAGE), f"{PAGE}/{move}")
        assert shown(tenant, "cmp_1")["status"] == status
    assert "/cancel" not in browser.open(PAGE).text


def test_a_start_that_reaches_nobody_says_why_and_keeps_the_draft(browser: Browser, tenant: Tenant) -> None:
    drafted(browser)
    for problem in ("No eligible device", "No contact matches"):
        refused = browser.submit(browser.open(f"{PAGE}/preview"), f"{PAGE}/start")
        assert (refused.status_code // 100, problem.casefold() in refused.text.casefold()) == (4, True), refused.text
        tenant.pair()
    assert shown(tenant, "cmp_1")["status"] == "draft"


def test_a_draft_is_changed_and_deleted(browser: Browser, tenant: Tenant) -> None:
    drafted(browser)
    hours = {"start": "09:00", "end": "18:00", "timezone": "Europe/Madrid", "day:6": "", "day:7": ""}
    browser.submit(browser.open(PAGE), PAGE, template="Hello {{name}}", search="Ana", fields="", **hours)
    draft = shown(tenant, "cmp_1")
    assert draft["template"] == "Hello {{name}}"
    window = {"start": "09:00", "end": "18:00", "timezone": "Europe/Madrid", "days": [1, 2, 3, 4, 5]}
    assert (draft["send_window"], draft["contact_filter"]["search"]) == (window, "Ana")
    assert "Sale" not in browser.submit(browser.open(PAGE), f"{PAGE}/remove").text
    assert browser.open(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"template": "Hi {{frist_name}}"}, "unknown field 'frist_name'"),
        ({"start": "09:00"}, "hours have a beginning and an end"),
        ({"start": "09:00", "end": "09:00"}, "never opens"),
        ({"start": "09:00", "end": "18:00", "timezone": "Madrid"}, "IANA time zone"),
        ({"fields": "city Vigo"}, "write a name, a colon and a value"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said_and_what_was_written_kept(
    browser: Browser, fields: dict[str, str], problem: str
) -> None:
    filled_in = {"name": "Kept", "template": "Hi", **fields}
    refused = browser.submit(browser.open("/app/campaigns"), "/app/campaigns", **filled_in)
    assert (refused.status_code, problem in html.unescape(refused.text)) == (422, True)
    assert 'value="Kept"' in refused.text
    drafted(browser)
    refused = browser.submit(browser.open(PAGE), PAGE, **filled_in)
    assert (refused.status_code, 'value="Kept"' in refused.text) == (422, True)


def test_html_of_a_campaign_or_of_whom_it_reaches_stays_text(browser: Browser, tenant: Tenant) -> None:
    tenant.pair()
    add_contacts(tenant, *us_numbers(1), first_name=EVIL, tags=frozenset({EVIL}))
    drafted(browser, name=EVIL, template=EVIL + "{{first_name}}", tags=EVIL)
    paths = ["/app/campaigns", PAGE, f"{PAGE}/preview"]
    for path in paths:
        page = browser.open(path).text
        assert EVIL not in page, path
        assert "&lt;img src=x" in page, path
    started = browser.submit(browser.open(f"{PAGE}/preview"), f"{PAGE}/start").text
    assert EVIL not in started
    assert "&lt;img src=x" in started


LABELS = st.frozensets(st.sampled_from(["vip", "new", "spring sale"]))
WINDOWS = st.builds(
    Window,
    st.just("09:00"),
    st.just("18:00"),
    st.sampled_from([None, "Europe/Madrid"]),
    st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(lambda days: tuple(sorted(days))),
)
AUDIENCES = st.builds(
    ContactFilter,
    tags=LABELS,
    any_tags=LABELS,
    fields=st.sampled_from([{}, {"city": "Vigo", "pet": "cat"}]),
    search=st.sampled_from([None, "Ana"]),
)


@given(audience=AUDIENCES, window=st.none() | WINDOWS, by_day=st.booleans())
def test_a_form_that_is_sent_back_as_it_is_changes_nothing(
    audience: ContactFilter, window: Window | None, by_day: bool
) -> None:
    draft = Campaign("acc", 1, "Sale", "Hi", 0, audience=audience, window=window, by_day=by_day)
    posted = {name: value for name, value in form_of(draft).items() if value}
    members = members_of(posted)
    assert {name: getattr(draft, name) for name in members} == members


@given(st.lists(st.integers(0, 10**12), max_size=9))
def test_the_parts_of_a_picture_lie_side_by_side_and_fill_it(values: list[int]) -> None:
    parts = along([(str(place), value) for place, value in enumerate(values)])
    ends = [part.x + part.width for part in parts]
    assert [part.x for part in parts] == [0, *ends][: len(parts)]
    assert ends[-1:] == ([LENGTH] if any(values) else [])
