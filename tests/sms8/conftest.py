"""One phone, and a client with the account's key."""

from __future__ import annotations

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant
from tests.sms8_client import Sms8Client


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.fixture
def client(tenant: Tenant) -> Sms8Client:
    return tenant.sms8()
