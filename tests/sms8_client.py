"""What a stock client of SMS8 does: forms to `/services/*.php` with the key in them, and JSON read at HTTP 200 only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Sms8Client:
    http: httpx.Client
    key: str

    def post(self, service: str, **fields: Any) -> dict[str, Any]:
        """The parsed answer of `/services/<service>.php`."""
        return self._parsed(self.http.post(f"/services/{service}.php", data={"key": self.key, **fields}))

    def get(self, service: str, **fields: Any) -> dict[str, Any]:
        return self._parsed(self.http.get(f"/services/{service}.php", params={"key": self.key, **fields}))

    def data(self, service: str, **fields: Any) -> dict[str, Any]:
        """What a successful call answers."""
        answer = self.post(service, **fields)
        assert answer["success"], answer
        found: dict[str, Any] = answer["data"]
        return found

    def messages(self, service: str, **fields: Any) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.data(service, **fields)["messages"]
        return listed

    def refusal(self, service: str, **fields: Any) -> tuple[int, str]:
        """Code and text of a refused call."""
        answer = self.post(service, **fields)
        assert answer["success"] is False, answer
        return answer["error"]["code"], answer["error"]["message"]

    @staticmethod
    def _parsed(answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        parsed: dict[str, Any] = answer.json()
        assert parsed.keys() == {"success", "data", "error"}
        return parsed
