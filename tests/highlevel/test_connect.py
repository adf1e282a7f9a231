"""Connecting, as a person does it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from roost.domain.highlevel_app import SCOPES
from roost.runtime.deps import Deps
from roost.runtime.settings import settings
from roost.storage.highlevel import list_locations
from roost.usecases.connect_highlevel import connect
from tests.highlevel.stage import Stage
from tests.highlevel.stand_in import HighLevelStandIn
from tests.in_role import handlers_in_role
from tests.never_made import never_made
from tests.pages.browser import Browser, signed_in
from tests.roost_fixtures import Tenant

HERE = "/app/integrations/highlevel"
CALLBACK = "/app/integrations/callback"


@pytest.fixture
def browser(tenant: Tenant, deps: Deps) -> Iterator[Browser]:
    with httpx.Client(base_url="https://roost.example", transport=handlers_in_role()) as http:
        yield signed_in(deps, tenant.account, f"{tenant.account.id}@example.com", http)


def begin(browser: Browser) -> dict[str, str]:
    """Press Connect: what the browser is sent to HighLevel with."""
    page = browser.open(HERE)
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    answer = browser.http.post(f"{HERE}/connect", data={"form_token": token})
    assert answer.status_code == 303
    link = urlsplit(answer.headers["location"])
    assert f"{link.scheme}://{link.netloc}" in page.headers["content-security-policy"]
    return {name: values[0] for name, values in parse_qs(link.query).items()} | {"path": link.path}


@pytest.mark.capability("8MS-42")
def test_connect_leads_to_highlevel_and_back_to_a_connected_location(
    browser: Browser, tenant: Tenant, highlevel: HighLevelStandIn
) -> None:
    asked = begin(browser)
    assert asked["path"] == "/v2/oauth/chooselocation"
    assert asked["client_id"] == "65aa0d1f0c8b0d5c9d3f1a2b-lq8x"
    assert asked["scope"].split(" ") == list(SCOPES)
    assert asked["redirect_uri"] == f"https://roost.example{CALLBACK}"
    there = highlevel.location()
    page = browser.open(f"{CALLBACK}?code={highlevel.code_for(there)}&state={asked['state']}")
    assert there.id in page.text
    assert "Connected" in page.text
    assert there.access not in page.text
    ended = browser.submit(page, f"{HERE}/{there.id}/disconnect")
    assert "Disconnected" in ended.text


def test_a_state_that_was_dropped_is_made_up_for_by_the_browser_that_began(
    browser: Browser, tenant: Tenant, highlevel: HighLevelStandIn
) -> None:
    there = highlevel.location()
    assert browser.open(f"{CALLBACK}?code={highlevel.code_for(there)}").status_code == 403, "nothing was begun"
    begin(browser)
    assert browser.open(f"{CALLBACK}?code={highlevel.code_for(there)}&state=another").status_code == 403
    assert there.access == ""
    assert browser.open(f"{CALLBACK}?code={highlevel.code_for(there)}").status_code == 200
    assert there.access != ""


def test_a_code_that_highlevel_does_not_take_connects_nothing(browser: Browser, tenant: Tenant, stage: Stage) -> None:
    asked = begin(browser)
    assert browser.open(f"{CALLBACK}?code=spent&state={asked['state']}").status_code == 502
    assert [location.id for location in list_locations(stage.deps.highlevel, tenant.account.id)] == [stage.there.id]


def test_a_location_belongs_to_one_account_until_it_is_disconnected(
    browser: Browser, other_tenant: Tenant, deps: Deps, stage: Stage
) -> None:
    with httpx.Client(base_url="https://roost.example", transport=handlers_in_role()) as http:
        other = signed_in(deps, other_tenant.account, f"{other_tenant.account.id}@example.com", http)
        begin(other)
        link = f"{CALLBACK}?code="
        assert other.open(link + stage.stand_in.code_for(stage.there)).status_code == 409
        assert other.http.post(f"{HERE}/{stage.there.id}/disconnect").status_code == 403
        browser.submit(browser.open(HERE), f"{HERE}/{stage.there.id}/disconnect")
        assert stage.there.id in other.open(link + stage.stand_in.code_for(stage.there)).text


def test_an_agency_brings_its_locations_which_borrow_its_tokens(stage: Stage, tenant: Tenant) -> None:
    company = f"agency{stage.there.id}"
    stage.there = stage.stand_in.location(company)
    code = stage.stand_in.code_for_agency(company)
    [made] = connect(stage.deps, stage.integration, tenant.account.id, code, "https://roost.example/callback")
    assert (made.id, made.access_token) == (stage.there.id, None)
    stage.tell(stage.receive(tenant.pair(), "hello"))
    stage.work()
    assert stage.there.bodies("inbound") == ["hello"]
    later = stage.stand_in.location(company)
    assert stage.hear({"type": "INSTALL", "companyId": company, "locationId": later.id}).status_code == 200
    stage.there = later
    stage.clock.forward(minutes=1)
    stage.tell(stage.receive(tenant.pair(), "hello, too"))
    stage.work()
    assert later.bodies("inbound") == ["hello, too"]


def test_the_page_shows_what_went_wrong(browser: Browser, stage: Stage, tenant: Tenant) -> None:
    stage.there.fail("upsert", 500)
    stage.tell(stage.receive(tenant.pair(), "hello"))
    stage.pass_once()
    stage.hear({"type": "ContactMerge", "locationId": stage.there.id, "note": "<b>new</b>"})
    shown = browser.open(HERE).text
    assert "find the contact · 500" in shown
    assert "ContactMerge" in shown
    assert "<b>new</b>" not in shown


@pytest.mark.capability("8MS-47")
def test_the_guide_is_public_in_both_languages(tenant: Tenant) -> None:
    for language, word in (("en", "Set it up"), ("es", "Configúralo")):
        answer = tenant.http.get("/integrations/gohighlevel", headers={"accept-language": language})
        assert answer.status_code == 200
        assert word in answer.text


def test_the_secret_of_the_mirror_is_made_by_who_connects_first(browser: Browser, highlevel: HighLevelStandIn) -> None:
    with never_made(settings().highlevel_secret_parameter):
        assert begin(browser)["client_id"]
