"""A signed-in person for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from dev.lambda_transport import LambdaTransport
from roost.runtime.deps import Deps
from tests.pages.browser import Browser, signed_in
from tests.roost_fixtures import Tenant


@pytest.fixture
def browser(tenant: Tenant, deps: Deps, handlers: LambdaTransport) -> Iterator[Browser]:
    with httpx.Client(base_url="https://roost.example", transport=handlers) as http:
        yield signed_in(deps, tenant.account, f"{tenant.account.id}@example.com", http)
