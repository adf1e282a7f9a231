"""What Android keeps of MMS, and their files on the way over the network, for the Kotlin core."""

from __future__ import annotations

import base64
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from dev.phone.broadcasts import InboundMms
from dev.phone.exchange import TIMEOUT
from dev.phone.radio import SimulatedRadio
from process import Message


class MmsStore:
    """The system's list of received MMS: it outlives the app's process, and keeps the files."""

    def __init__(self) -> None:
        self._arrived: dict[int, InboundMms] = {}

    def keep(self, mms: InboundMms) -> Message:
        self._arrived[mms.provider_id] = mms
        return _row(mms)

    def inbox(self) -> list[Message]:
        return [_row(mms) for mms in self._arrived.values()]

    def part(self, handle: str) -> str:
        provider_id, place = handle.split("/")
        return self._arrived[int(provider_id)].parts[int(place)][1]


def _row(mms: InboundMms) -> Message:
    parts = [
        {"content_type": kind, "handle": f"{mms.provider_id}/{place}"} for place, (kind, _) in enumerate(mms.parts)
    ]
    return {
        "provider_id": mms.provider_id, "sender": mms.sender, "text": mms.text, "sim_id": mms.sim_id, "parts": parts,
    }  # fmt: skip


_STORES: WeakKeyDictionary[SimulatedRadio, MmsStore] = WeakKeyDictionary()


def mms_store_of(radio: SimulatedRadio) -> MmsStore:
    """One for each handset, whatever process of the app runs on it."""
    return _STORES.setdefault(radio, MmsStore())


def fetched(http: httpx.Client, url: str) -> dict[str, Any]:
    try:
        answer = http.get(url, timeout=TIMEOUT, follow_redirects=False)
    except httpx.HTTPError as error:
        return {"error": type(error).__name__}
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = base64.b64encode(answer.content).decode()
    return {"status": answer.status_code, "content_type": content_type, "content": content}


def put(http: httpx.Client, message: Message) -> dict[str, Any]:
    content = base64.b64decode(message["content"])
    try:
        answer = http.put(message["url"], content=content, headers=message["headers"], timeout=TIMEOUT)
    except httpx.HTTPError as error:
        return {"error": type(error).__name__}
    return {"status": answer.status_code}
