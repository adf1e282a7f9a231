"""`make screenshots`: the pages of a Roost with a day's work in it, as a person sees them, into docs/screenshots."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import Page

from dev.bootstrap import FIRST_VISITOR
from dev.chromium import chromium, find_chromium
from dev.local_roost import LocalRoost
from roost.runtime.deps import deps
from roost.usecases.sign_in import new_link

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
DESK, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 844}
PATIENCE_MS = 90_000
NUMBERS = ("+15005550001", "+15005550002", "+15005550004", "+15005550005")
"""Of the virtual phone's carrier: delivered, rejected, never reported, replied to."""

ANY_HOUR = {"recipient_hours": False}

PAGES = {
    "start": "/", "quick-start": "/docs", "one-time-codes": "/sms-otp-verification-api", "app": "/docs/app",
    "sign-in": "/login", "phones": "/app/phones", "phone": "/app/phones/phn_1", "inbox": "/app/inbox",
    "conversation": "/app/inbox/cnv_15005550005", "messages": "/app/messages", "contacts": "/app/contacts",
    "contact": "/app/contacts/con_15005550001", "lists": "/app/lists", "imports": "/app/imports",
    "import": "/app/imports/imp_1", "campaigns": "/app/campaigns", "draft": "/app/campaigns/cmp_1",
    "preview": "/app/campaigns/cmp_1/preview", "campaign": "/app/campaigns/cmp_2", "keys": "/app/keys",
    "developers": "/app/developers", "webhooks": "/app/webhooks", "usage": "/app/usage", "settings": "/app/settings",
    "highlevel": "/app/integrations/highlevel", "not-found": "/app/messages/msg_1",
}  # fmt: skip
ALSO_DARK = ("phones", "conversation", "campaign", "usage")
ALSO_ON_A_PHONE = ("start", "phones", "conversation", "messages", "draft")


def main() -> int:
    browser = find_chromium()
    if browser is None:
        print("There is no Chromium here: apt-get install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as state, LocalRoost(Path(state)) as roost:
        roost.start_phone(Path(state) / "phone", "Phone in the drawer", "--fast")
        roost.pace_fast("Phone in the drawer")
        with roost.client() as http:
            _work(http)
        link = f"{roost.cloud.front}/login/link?token={new_link(deps(), FIRST_VISITOR)}"
        with chromium(browser) as opened:
            page = opened.new_page(viewport=DESK, locale="en-US")  # type: ignore[arg-type]
            page.set_default_timeout(PATIENCE_MS)
            page.goto(link)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/app/phones")
            _take(page, roost.cloud.front)
    return 0


def _work(http: httpx.Client) -> None:
    for number in NUMBERS:
        http.post("/v1/sms/send", json={"to": number, "body": f"Your order is on its way ({number[-1]})"})
        http.post("/v1/contacts", json={"number": number, "first_name": f"Ana {number[-1]}", "tags": ["vip"]})
    text = "Hi {{first_name|there}}, your table is free on Friday"
    for name in ("Saturday", "Friday"):
        http.post(
            "/v1/campaigns", json={"name": name, "template": text, "contact_filter": {"tags": ["vip"]}} | ANY_HOUR
        )
    http.post("/v1/campaigns/cmp_2/start")
    http.post("/v1/lists", json={"name": "Regulars"})
    http.post(
        "/v1/contacts/bulk", files={"file": ("guests.csv", "phone,name\n+34600111222,Eva\n12,Nobody\n", "text/csv")}
    )
    http.post("/v1/webhooks", json={"url": "https://93.184.215.14/hooks", "events": ["message.received"]})


def _take(page: Page, base_url: str) -> None:
    for name, path in PAGES.items():
        _photograph(page, base_url + path, name)
    page.emulate_media(color_scheme="dark")
    for name in ALSO_DARK:
        _photograph(page, base_url + PAGES[name], f"{name}-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for name in ALSO_ON_A_PHONE:
        _photograph(page, base_url + PAGES[name], f"{name}-on-a-phone")


def _photograph(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.wait_for_timeout(500)  # fonts, and the first exchange of what is live
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
