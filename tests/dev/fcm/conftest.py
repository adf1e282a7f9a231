"""A running stand-in per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.fcm.service_account import ServiceAccountKey
from dev.fcm.stand_in import FcmStandIn


@pytest.fixture(scope="session")
def key() -> ServiceAccountKey:
    """Making an RSA key is slow, and tests only need it to be the stand-in's own."""
    return ServiceAccountKey.load_or_create(None)


@pytest.fixture
def stand_in(key: ServiceAccountKey, monkeypatch: pytest.MonkeyPatch) -> Iterator[FcmStandIn]:
    monkeypatch.setattr(ServiceAccountKey, "load_or_create", lambda _path: key)
    with FcmStandIn() as running:
        yield running
