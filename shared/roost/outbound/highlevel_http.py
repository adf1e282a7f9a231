"""One request to HighLevel, bounded in time; whatever comes of it is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from roost.domain.highlevel import SHOWN_OF_ANSWER

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
"""Seconds between two bytes; a pass looks at the clock between two requests."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`status`: None if there was none. `body`: what was JSON and an object. `headers`: names in lower case."""

    status: int | None
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def refusal(self) -> str:
        """HighLevel's own sentence. It quotes ids and fields, never a text or a token of ours."""
        message = self.body.get("message")
        said = "; ".join(str(part) for part in message) if isinstance(message, list) else str(message or "")
        return said[:SHOWN_OF_ANSWER]


class HighLevelHttp:
    """`transport`: for tests."""

    def __init__(self, base_url: str, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"accept": "application/json", "user-agent": "Roost/1"}
        self._client = httpx.Client(base_url=base_url, timeout=TIMEOUT, headers=headers, transport=transport)

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        version: str | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        headers |= {"version": version} if version else {}
        try:
            answer = self._client.request(method, path, params=query, json=body, data=form, headers=headers)
        except httpx.HTTPError:
            return Answer(None)
        return Answer(answer.status_code, _object_in(answer), dict(answer.headers))


def _object_in(answer: httpx.Response) -> Mapping[str, Any]:
    """HighLevel answers some requests with an empty body."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
