"""An account with a phone, its SMS8 key, and clients of each era."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.mcp_client import RpcClient
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant


@dataclass(frozen=True)
class Desk:
    tenant: Tenant
    phone: PhoneDriver
    key: str

    def client(self, version: str | None = "2025-11-25", key: str | None = "", path: str = "/mcp") -> RpcClient:
        """With the account's SMS8 key, another `key`, or None without one."""
        return RpcClient(self.tenant.http, path, version, self.key if key == "" else key)


@pytest.fixture
def desk(tenant: Tenant) -> Desk:
    phone = tenant.pair("Pixel")
    made = Desk(tenant, phone, tenant.sms8().key)
    tenant.http.headers.pop("x-api-key")
    return made
