"""Codes asked for, read on the phone, and entered."""

import re
from typing import Any

import httpx

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

PEER = "+14155551234"


def ask(tenant: Tenant, to: object = PEER, **members: object) -> httpx.Response:
    return tenant.http.post("/v1/otp", json={"to": to, **members})


def check(tenant: Tenant, code: str, to: str = PEER) -> dict[str, Any]:
    answer: dict[str, Any] = tenant.http.post("/v1/otp/verify", json={"to": to, "code": code}).json()
    return answer


def code_in(text: str) -> str:
    [code] = re.findall(r"\d{4,8}", text)
    return str(code)


def received_code(phone: PhoneDriver) -> str:
    """The code in the newest job."""
    return code_in(phone.claim()[-1]["text"])


def another(code: str) -> str:
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))
