"""A browser without scripts: keeps cookies, follows redirects, fills in the forms a page really has."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

from roost.domain.accounts import Account
from roost.domain.sign_in import User
from roost.runtime.deps import Deps
from roost.storage.sessions import put_new_user
from roost.usecases.sign_in import new_link


class Forms(HTMLParser):
    """Every form of a page: its action, and the values its fields have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.found.append((attributes.get("action") or "", {}))
        elif tag == "button" and self.found and attributes.get("formaction"):
            self.found.append((str(attributes["formaction"]), self.found[-1][1]))
        elif tag == "textarea" and self.found and attributes.get("name"):
            self.textarea = str(attributes["name"])
        elif tag == "input" and self.found and attributes.get("name"):
            is_off = attributes.get("type") == "checkbox" and "checked" not in attributes
            if not is_off:
                self.found[-1][1][str(attributes["name"])] = attributes.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            self.found[-1][1][self.textarea] = data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.textarea = None


class Browser:
    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def open(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers, follow_redirects=True)

    def submit(self, page: httpx.Response, action: str, **filled_in: str) -> httpx.Response:
        """The form of `page` with that action; the page it leads to."""
        fields = next(values for found, values in Forms(page.text).found if found == action)
        return self.http.post(action, data=fields | filled_in, follow_redirects=True)

    def upload(self, page: httpx.Response, action: str, content: bytes, **filled_in: str) -> httpx.Response:
        """As `submit`, with a chosen file."""
        fields = next(values for found, values in Forms(page.text).found if found == action)
        data = {name: value for name, value in (fields | filled_in).items() if name != "file"}
        files = {"file": ("contacts.csv", content, "text/csv")}
        return self.http.post(action, data=data, files=files, follow_redirects=True)


def signed_in(deps: Deps, account: Account, email: str, http: httpx.Client) -> Browser:
    put_new_user(deps.accounts, User(email, account.id, deps.now()), None)
    browser = Browser(http)
    browser.submit(browser.open(f"/login/link?token={new_link(deps, email)}"), "/login/link")
    return browser
