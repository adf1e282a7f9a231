"""What the usage page counts, and what new phones start with."""

from __future__ import annotations

import re

import pytest

from roost.domain.usage import Tally
from roost.runtime.deps import Deps
from roost.storage.message_pages import newest_first
from roost.usecases.read_usage import read_usage
from tests.pages.browser import Browser
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def send_and_report(tenant: Tenant, phone: PhoneDriver, clock: Clock, *events: str) -> None:
    tenant.send()
    [job] = phone.claim()
    for event in events:
        clock.forward(seconds=20)
        phone.call(phone.event(event, job))


def test_what_was_sent_delivered_and_failed_is_counted_by_day_and_phone(
    browser: Browser, tenant: Tenant, clock: Clock
) -> None:
    phone = tenant.pair("Drawer")
    send_and_report(tenant, phone, clock, "job.sent", "job.delivered")
    clock.forward(hours=24)
    send_and_report(tenant, phone, clock, "job.sent")
    usage = read_usage(tenant.deps, tenant.account.id)
    assert [day.total for day in usage.days] == [
        Tally(sent=1, micro_usd=10_000),
        Tally(sent=1, delivered=1, micro_usd=10_000, delivered_within=(0, 1, 0, 0, 0)),
    ]
    assert usage.is_whole
    page = browser.open("/app/usage").text
    assert "Drawer" in page
    assert "1 (50 %)" in page
    assert len(re.findall(r'class="bar-(?:sent|delivered)"', page)) == 3


def test_a_day_that_has_settled_is_read_once(tenant: Tenant, deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = deps.now
    assert isinstance(clock, Clock)
    tenant.pair()
    tenant.send()
    clock.forward(hours=24 * 6)
    first = read_usage(deps, tenant.account.id)
    read: list[int] = []

    def noting(*args: object) -> object:
        read.append(args[2])  # type: ignore[arg-type]
        return newest_first(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("roost.usecases.read_usage.newest_first", noting)
    assert read_usage(deps, tenant.account.id) == first
    assert len(read) == 5, "today and the four days that may still change"


def test_a_look_that_is_cut_short_says_so_and_the_next_goes_on(
    browser: Browser, tenant: Tenant, deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = tenant.pair()
    for _ in range(5):
        send_and_report(tenant, phone, clock, "job.sent")
    clock.forward(hours=24 * 6)
    monkeypatch.setattr("roost.usecases.read_usage.MOST_EXAMINED", 2)
    assert "Not every message is counted yet" in browser.open("/app/usage").text
    counted = [sum(day.total.sent for day in read_usage(deps, tenant.account.id).days) for _ in range(2)]
    assert counted == [4, 5]
    assert read_usage(deps, tenant.account.id).is_whole


def test_new_phones_start_with_the_accounts_defaults(browser: Browser, tenant: Tenant) -> None:
    before = tenant.pair(paced=True)
    page = browser.open("/app/settings")
    saved = browser.submit(page, "/app/settings", gap_seconds="300", daily_cap="120", timezone="Europe/Madrid")
    assert saved.status_code == 200
    after = tenant.pair(paced=True)
    pacing = [tenant.http.get(f"/v1/phones/{phone.device_id}").json()["pacing"] for phone in (before, after)]
    assert [(each["gap_seconds"], each["daily_cap"], each["timezone"]) for each in pacing] == [
        (240, 200, "UTC"),
        (300, 120, "Europe/Madrid"),
    ]


def test_looser_defaults_need_the_owners_word(browser: Browser, tenant: Tenant) -> None:
    warned = browser.submit(browser.open("/app/settings"), "/app/settings", gap_seconds="60")
    assert warned.status_code == 409
    assert "looks automated" in warned.text
    assert 'value="240"' in browser.open("/app/settings").text
    assert 'value="60"' in browser.submit(warned, "/app/settings", acknowledge="1").text


@pytest.mark.parametrize("field", [{"gap_seconds": "-1"}, {"daily_cap": "١"}, {"timezone": "Mars/Base"}])
def test_what_makes_no_sense_is_refused_by_name(browser: Browser, field: dict[str, str]) -> None:
    refused = browser.submit(browser.open("/app/settings"), "/app/settings", **field)
    assert refused.status_code == 422
    assert next(iter(field)) in refused.text
