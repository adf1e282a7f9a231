"""The mails of the local cloud as a page, newest first. Sign-in links are in them: it listens on this machine only."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from dev.mails import LocalMail

LINK = re.compile(r"https?://[^\s<>\"&]+")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Mails</title></head>
<body><h1>Mails of this Roost</h1>{mails}</body></html>"""
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_of(mails: list[LocalMail]) -> str:
    """What a mail says stays text; its links can be followed."""
    shown = "".join(map(_shown, reversed(mails)))
    return PAGE.format(mails=shown or "<p>None yet: they are listed here as soon as one is sent. Reload.</p>")


def _shown(mail: LocalMail) -> str:
    text = LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', html.escape(mail.text))
    return f"<h2>{html.escape(mail.subject)}</h2><p>{html.escape(', '.join(mail.to))}</p><pre>{text}</pre>"


class MailPage:
    """`mails`: asked at each look."""

    def __init__(self, mails: Callable[[], list[LocalMail]], port: int = 0) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = page_of(mails()).encode()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(content)))
                self.send_header("content-security-policy", POLICY)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """The terminal belongs to Roost."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
