"""A client of SMS for AI: speaks only what the product documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from roost.domain.api_keys import Scope
from roost.domain.key_limits import KeyLimits
from roost.domain.money import Price
from roost.usecases.manage_accounts import change_balances
from roost.usecases.manage_keys import NewKey, create_key
from tests.roost_fixtures import Tenant

US, FRANCE = "+12025551234", "+33612345678"
ALL = frozenset({Scope.MESSAGES_SEND, Scope.MESSAGES_READ, Scope.ACCOUNT_READ})


class Client:
    """With a token of its own for an account."""

    def __init__(self, tenant: Tenant, scopes: frozenset[Scope] = ALL, limits: KeyLimits | None = None) -> None:
        wanted = NewKey("My Agent", scopes, "smsai", None, limits or KeyLimits())
        self.key, self.token = create_key(tenant.deps, tenant.account.id, wanted)
        self.http = tenant.http
        self.headers = {"x-api-key": "", "authorization": f"Bearer {self.token}"}

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(f"/api/v1{path}", params=params, headers=self.headers)

    def send(
        self, to: str = US, body: str = "hi", headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        content = {"to": to, "body": body, **more}
        return self.http.post("/api/v1/sms/send", json=content, headers={**self.headers, **(headers or {})})

    def balance(self) -> float:
        credits_usd: float = self.get("/balance").json()["credits_usd"]
        return credits_usd


def top_up(tenant: Tenant, micro_usd: int) -> None:
    change_balances(tenant.deps, tenant.account.id, Price(0, micro_usd))
