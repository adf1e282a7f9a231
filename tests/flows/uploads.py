"""Files of contacts as they are uploaded, and what became of them."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx

from tests.roost_fixtures import Tenant

ANA, BEN, EVE = "+34600000101", "+34600000102", "+34600000103"


def bulk(tenant: Tenant, content: bytes | str, **fields: str) -> httpx.Response:
    body = content.encode() if isinstance(content, str) else content
    return tenant.http.post("/v1/contacts/bulk", files={"file": ("contacts.csv", body, "text/csv")}, data=fields)


def contact(tenant: Tenant, number: str) -> dict[str, Any]:
    found: dict[str, Any] = tenant.http.get(f"/v1/contacts/{number.removeprefix('+')}").json()
    return found


def refused(tenant: Tenant, made: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(tenant.http.get(made["errors_url"]).text)))[1:]
