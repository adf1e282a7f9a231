"""On the tables of the shared local cloud the real handlers, in process, under a clock that the test moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
import pytest

from dev.bootstrap import EVERY_SCOPE, table_environment
from dev.cloud_process import CloudProcess
from dev.lambda_transport import LambdaTransport
from roost.domain.accounts import Account
from roost.domain.api_keys import ApiKey, KeyFormat, Scope
from roost.domain.key_limits import KeyLimits
from roost.domain.money import Price
from roost.domain.plans import Plan
from roost.runtime import deps as runtime_deps
from roost.runtime.deps import Deps
from roost.runtime.executions import executions
from roost.runtime.firebase import firebase_settings
from roost.runtime.google import google
from roost.runtime.highlevel import integration
from roost.runtime.log import logger
from roost.runtime.mail import mail
from roost.runtime.master_secret import account_key_master
from roost.runtime.media import media_store
from roost.runtime.pepper import pepper
from roost.runtime.push import push
from roost.runtime.replies import reply_classifier, reply_queue
from roost.runtime.settings import settings
from roost.runtime.webhooks import lanes, webhook_http
from roost.usecases.account_key import regenerate_account_key
from roost.usecases.create_account import create_account
from roost.usecases.known_endpoints import known_endpoints
from roost.usecases.manage_accounts import assign_plan, change_balances, save_plan
from roost.usecases.manage_keys import NewKey, create_key
from roost.usecases.owe_highlevel import known_locations
from tests.cloud_fixtures import FIREBASE_PARAMETER, HIGHLEVEL_PARAMETER
from tests.in_role import handlers_in_role
from tests.permissions.roles import FunctionRoles, session_of_whoever_acts
from tests.phone_driver import PhoneDriver
from tests.sms8_client import Sms8Client

START = 3_377_923_200_000
"""2077-01-15 08:00:00 UTC. Far ahead, so that nothing that waits for it in the deployed functions ever comes due."""

KEPT_LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(KEPT_LOOP)  # before Mangum makes one at import, which nobody would ever close
TIMEOUT_SECONDS = 30
KEPT_BY_A_WARM_ENVIRONMENT = (
    settings, runtime_deps.deps, firebase_settings, push, executions, webhook_http, lanes, known_endpoints, pepper,
    account_key_master, media_store, mail, google, reply_classifier, reply_queue, integration, known_locations,
)  # fmt: skip
UNPACED = {"gap_seconds": 0, "daily_cap": 100_000, "warm_up": False, "acknowledge": True}


class Clock:
    """Milliseconds since 1970, moved only by the test."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def forward(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.now += round((hours * 3_600 + minutes * 60 + seconds) * 1_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def event_loop() -> asyncio.AbstractEventLoop:
    """A Lambda environment always has one; whatever runs a loop of its own in between takes the current one away."""
    asyncio.set_event_loop(KEPT_LOOP)
    return KEPT_LOOP


@pytest.fixture
def deps(
    cloud: CloudProcess,
    roles: FunctionRoles,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    event_loop: asyncio.AbstractEventLoop,
) -> Iterator[Deps]:
    """What the handlers of this process use, too: the engine's tables and the test's clock."""
    FunctionRoles.of_this_test = roles  # no patch: a test that undoes its own goes on acting
    environment = cloud.aws_environment() | table_environment(cloud.outputs)
    parameters = {"FIREBASE_PARAMETER": FIREBASE_PARAMETER, "HIGHLEVEL_PARAMETER": HIGHLEVEL_PARAMETER}
    for name, value in (environment | parameters).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session_of_whoever_acts())
    monkeypatch.setattr(runtime_deps, "wall_clock", clock)
    forget_clients()
    logger().setLevel("INFO")
    built = runtime_deps.deps()
    yield built
    built.messages.meta.client.close()
    forget_clients()


def forget_clients() -> None:
    """Empty whatever a warm environment keeps: the next test has another clock, another cloud, or none."""
    for cached in KEPT_BY_A_WARM_ENVIRONMENT:
        cached.cache_clear()


@dataclass(frozen=True)
class Tenant:
    """An account of its own for one test, and a client that calls with a key of every scope."""

    deps: Deps
    account: Account
    http: httpx.Client
    base_url: str
    transport: httpx.BaseTransport | None
    clients: ExitStack

    def key(self, *scopes: Scope, key_format: KeyFormat = "roost", expires_at: int | None = None, **limits: Any) -> str:
        """The secret of a new key; without scopes it has them all. `limits`: members of KeyLimits."""
        wanted = NewKey("test", frozenset(scopes) or EVERY_SCOPE, key_format, expires_at, KeyLimits(**limits))
        return create_key(self.deps, self.account.id, wanted).secret

    def sms8(self) -> Sms8Client:
        """A client of SMS8 with the account's key, made anew."""
        secret = regenerate_account_key(self.deps, self.account.id, account_key_master()).secret
        client = httpx.Client(base_url=self.base_url, transport=self.transport, timeout=TIMEOUT_SECONDS)
        return Sms8Client(self.clients.enter_context(client), secret)

    def new_key(self, *scopes: Scope, **limits: Any) -> ApiKey:
        """As `key`, for a test that calls use cases itself."""
        wanted = NewKey("test", frozenset(scopes) or EVERY_SCOPE, limits=KeyLimits(**limits))
        return create_key(self.deps, self.account.id, wanted).api_key

    def top_up(self, credits: int = 0, micro_usd: int = 0) -> None:  # noqa: A002 - what it is called
        change_balances(self.deps, self.account.id, Price(credits, micro_usd))

    def assign_plan(self, **limits: Any) -> None:
        """A plan of this test's own. `limits`: members of Plan."""
        name = f"plan {self.account.id}"
        save_plan(self.deps, Plan(name, **limits))
        assign_plan(self.deps, self.account.id, name)

    def send(self, to: str = "+14155551234", body: str = "hi", **members: object) -> httpx.Response:
        return self.http.post("/v1/sms/send", json={"to": to, "body": body, **members})

    def message(self, message_id: str) -> dict[str, object]:
        found: dict[str, object] = self.http.get(f"/v1/messages/{message_id}").json()
        return found

    def pair(self, label: str | None = None, *, paced: bool = False) -> PhoneDriver:
        """A phone of this account, paired through the API; unless `paced` it may send as fast as it can."""
        body = {"label": label} if label else {}
        link = self.http.post("/v1/pairings", json=body).json()["link"]
        client = httpx.Client(base_url=self.base_url, transport=self.transport, timeout=TIMEOUT_SECONDS)
        http = self.clients.enter_context(client)
        phone = PhoneDriver(http, self.deps.now)
        phone.pair(link)
        if not paced:
            self.http.patch(f"/v1/phones/{phone.device_id}", json=UNPACED).raise_for_status()
        return phone


@contextmanager
def new_tenant(deps: Deps, base_url: str, transport: httpx.BaseTransport | None) -> Iterator[Tenant]:
    account = create_account(deps, "Test")
    _, secret = create_key(deps, account.id, NewKey("test", EVERY_SCOPE))
    with ExitStack() as clients:
        headers = {"x-api-key": secret}
        http = httpx.Client(base_url=base_url, headers=headers, transport=transport, timeout=TIMEOUT_SECONDS)
        yield Tenant(deps, account, clients.enter_context(http), base_url, transport, clients)


@pytest.fixture
def handlers() -> LambdaTransport:
    return handlers_in_role()


@pytest.fixture
def tenant(deps: Deps, handlers: LambdaTransport) -> Iterator[Tenant]:
    """Calls reach the handlers in this process, under the test's clock."""
    with new_tenant(deps, "https://roost.example", handlers) as made:
        yield made


@pytest.fixture
def other_tenant(deps: Deps, handlers: LambdaTransport) -> Iterator[Tenant]:
    with new_tenant(deps, "https://roost.example", handlers) as made:
        yield made


@pytest.fixture
def deployed(deps: Deps, cloud: CloudProcess, clock: Clock) -> Iterator[Tenant]:
    """Calls reach the deployed functions over HTTP, under the real clock."""
    clock.now = time.time_ns() // 1_000_000
    with new_tenant(deps, cloud.front, None) as made:
        yield made
