"""A real browser on the deployed pages. Playwright keeps an event loop while it runs, so it ends with each module:
tests that call handlers in this process need theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from dev.chromium import chromium as steered
from dev.chromium import find_chromium
from roost.domain.sign_in import User
from roost.runtime.deps import Deps
from roost.storage.sessions import put_new_user
from roost.usecases.sign_in import new_link, sign_in
from tests.roost_fixtures import Tenant

PHONE_SIZED = {"width": 390, "height": 844}
DESK_SIZED = {"width": 1280, "height": 800}
PATIENCE_MS = 90_000
SESSION_COOKIE = "roost"
"""Its name where pages come unencrypted: in the local cloud."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium runs the browser tests")
    with steered(path) as browser:
        yield browser


@dataclass
class Tab:
    """One page and what went wrong in it: scripts that failed, and what its own policy forbade."""

    page: Page
    base_url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        return answer


@pytest.fixture
def context(chromium: Browser, deployed: Tenant) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport=DESK_SIZED, locale="en-US")  # type: ignore[arg-type]
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext, deployed: Tenant) -> Tab:
    made = Tab(context.new_page(), deployed.base_url)

    def on_console(said: ConsoleMessage) -> None:
        if said.type == "error":
            made.complaints.append(said.text)

    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("console", on_console)
    return made


@pytest.fixture
def signed_in(tab: Tab, deployed: Tenant, deps: Deps) -> Tab:
    """As somebody who may see the pages of the tenant's account, by the cookie that signing in gives."""
    email = f"{deployed.account.id}@example.com"
    put_new_user(deps.accounts, User(email, deployed.account.id, deps.now()), None)
    _, secret = sign_in(deps, new_link(deps, email))
    tab.page.context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": deployed.base_url}])
    return tab
