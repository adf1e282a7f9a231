"""MMS that reach the phone: kept, then uploaded, then reported; a lost answer repeats the upload, not the event."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from dataclasses import asdict
from typing import Any

import httpx

from dev.phone.backoff import Backoff
from dev.phone.broadcasts import InboundMms
from dev.phone.exchange import TIMEOUT, Answered, Refused, Unreachable
from dev.phone.narration import Tell, masked
from dev.phone.outbox import Outbox
from dev.phone.server import Server
from dev.phone.store import Store

PATH = "/phone/v1/media"


class ReceivedMms:
    def __init__(
        self, store: Store, outbox: Outbox, server: Server, http: httpx.Client, backoff: Backoff, tell: Tell
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._server = server
        self._http = http
        self._backoff = backoff
        self._tell = tell

    def keep(self, mms: InboundMms) -> None:
        """In the receiver's transaction. Android's row number tells a repeated broadcast from another MMS."""
        is_new = self._store.change(
            "INSERT OR IGNORE INTO mms_in (provider_id, body) VALUES (?, ?)", mms.provider_id, json.dumps(asdict(mms))
        )
        if is_new:
            self._tell(f"MMS received from {masked(mms.sender)}")

    def due_in_ms(self) -> int | None:
        return self._backoff.wait_ms() if self._oldest() else None

    def upload_next(self) -> None:
        """Ask where the parts go, put them there, then report: an MMS is told only once all of it is on the server."""
        row = self._oldest()
        if row is None:
            return
        mms = json.loads(row["body"])
        contents = [base64.b64decode(content) for _, content in mms["parts"]]
        wanted = [
            {
                "ref": f"{self._store.get('store_id')}/{mms['provider_id']}/{place}",
                "content_type": content_type,
                "size": len(contents[place]),
                "sha256": hashlib.sha256(contents[place]).hexdigest(),
            }
            for place, (content_type, _) in enumerate(mms["parts"])
        ]
        result = self._server.call("POST", PATH, {"op": "upload", "parts": wanted}) if wanted else Answered(None, 0)
        if isinstance(result, Unreachable | Refused):
            self._backoff.failed(result.retry_after_ms)
            return
        links = result.body["parts"] if wanted else []
        if all(self._put(link, content) for link, content in zip(links, contents, strict=True)):
            self._report(row, mms, wanted, links)
        else:
            self._backoff.failed(None)

    def _put(self, link: dict[str, Any], content: bytes) -> bool:
        try:
            answer = self._http.request(
                link["method"], link["url"], content=content, headers=link["headers"], timeout=TIMEOUT
            )
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _report(
        self, row: sqlite3.Row, mms: dict[str, Any], wanted: list[dict[str, Any]], links: list[dict[str, Any]]
    ) -> None:
        parts = [
            {"media_id": link["media_id"], **{name: part[name] for name in ("content_type", "size", "sha256")}}
            for part, link in zip(wanted, links, strict=True)
        ]
        data = {"from": mms["sender"], "text": mms["text"], "sim_id": mms["sim_id"], "parts": parts}
        with self._store.transaction():
            # The row stays without its content, as memory against a repeated broadcast.
            self._store.change("UPDATE mms_in SET body = NULL WHERE provider_id = ?", row["provider_id"])
            self._outbox.add("mms.received", data)
        self._backoff.succeeded()

    def _oldest(self) -> sqlite3.Row | None:
        return self._store.row("SELECT * FROM mms_in WHERE body IS NOT NULL ORDER BY provider_id LIMIT 1")
