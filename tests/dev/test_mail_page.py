"""Mails of the local cloud can be read and their links followed in a browser."""

from __future__ import annotations

import httpx

from dev.mail_page import MailPage
from dev.mails import LocalMail


def test_mails_are_listed_newest_first_with_links_that_can_be_followed() -> None:
    link = "http://127.0.0.1:8787/login/link?token=0ab1"
    mails = [LocalMail(("a@x.example",), "First", "hello"), LocalMail(("b@x.example",), "Your link", f"Open {link}\n")]
    with MailPage(lambda: mails) as shown:
        page = httpx.get(shown.url).text
        assert page.index("Your link") < page.index("First")
        assert f'<a href="{link}">' in page
        mails.clear()
        assert "None yet" in httpx.get(shown.url).text


def test_what_a_mail_says_stays_text() -> None:
    evil = '<img src=x onerror="alert(1)">'
    with MailPage(lambda: [LocalMail((evil,), evil, f"{evil} http://x.example/{evil}")]) as shown:
        page = httpx.get(shown.url)
    assert "<img" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
