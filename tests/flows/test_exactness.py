"""Sixty-four requests at the same moment: never one too many, never one refused too early."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from threading import Barrier, Lock, local
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from roost.domain.api_keys import ApiKey
from roost.domain.errors import RoostError
from roost.domain.money import Price
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.api_keys import find_api_key
from roost.storage.key_use import get_use
from roost.storage.meters import get_meter
from roost.usecases.count_request import count_request
from roost.usecases.pair_phone import Installation, create_pairing, pair_phone
from roost.usecases.read_account import list_ledger
from roost.usecases.send_message import send_message
from roost.usecases.settle_charges import settle_charge
from roost.usecases.submission import Idempotency, Submission
from tests.roost_fixtures import Tenant

PARALLEL = 64
CENT = Price(1, 10_000)
ADMITTED = "admitted"


@pytest.fixture
def wide(deps: Deps) -> Iterator[Deps]:
    """A connection for each thread: nobody waits for another one's request to end."""
    client = boto3.resource("dynamodb", config=Config(max_pool_connections=PARALLEL))
    yield replace(
        deps,
        messages=client.Table(deps.messages.name),
        devices=client.Table(deps.devices.name),
        keys=client.Table(deps.keys.name),
        accounts=client.Table(deps.accounts.name),
    )
    client.meta.client.close()


@pytest.fixture
def conflicting(wide: Deps) -> Deps:
    """As AWS does and the engine does not: of two transactions that overlap, one is refused as a conflict. Here of any
    two, which is harsher."""
    under_way, mine = Lock(), local()
    events = wide.messages.meta.client.meta.events

    def begin(request: AWSPreparedRequest, **_: object) -> Any:
        mine.holds = under_way.acquire(blocking=False)
        if mine.holds:
            return None
        body = {"__type": "TransactionCanceledException", "CancellationReasons": [{"Code": "TransactionConflict"}]}
        content: Any = SimpleNamespace(stream=lambda: [json.dumps(body).encode()])
        return AWSResponse(request.url, 400, HTTPHeaders(), content)

    def end(**_: object) -> None:
        if mine.holds:
            under_way.release()

    events.register("before-send.dynamodb.TransactWriteItems", begin)
    events.register("after-call.dynamodb.TransactWriteItems", end)
    return wide


def outcomes(attempt: Callable[[int], object], requests: int = PARALLEL) -> Counter[str]:
    """How often each happened: admitted, or the code of the refusal. All start together."""
    start = Barrier(requests)

    def run(number: int) -> str:
        start.wait()
        try:
            attempt(number)
        except RoostError as error:
            return error.code
        return ADMITTED

    with ThreadPoolExecutor(requests) as threads:
        return Counter(threads.map(run, range(requests)))


def current(deps: Deps, api_key: ApiKey) -> ApiKey:
    found = find_api_key(deps.keys, api_key.secret_hash)
    assert found is not None
    return found


def stored_messages(tenant: Tenant) -> int:
    return len(tenant.http.get("/v1/messages", params={"limit": 100}).json()["data"])


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"per_minute": 20}, "rate_limited"),
        ({"per_day": 20}, "daily_limit_reached"),
        ({"spending": 20 * CENT.micro_usd}, "spending_limit_reached"),
    ],
    ids=["minute", "day", "spending"],
)
def test_a_limit_of_a_key_is_exact(tenant: Tenant, wide: Deps, limits: dict[str, int], code: str) -> None:
    tenant.pair()
    sender = Sender(tenant.account.id, tenant.new_key(**limits))
    seen = outcomes(lambda _: send_message(wide, sender, Submission("+14155551234", "hi", price=CENT)))
    assert seen == {ADMITTED: 20, code: PARALLEL - 20}
    assert stored_messages(tenant) == 20


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (lambda tenant: tenant.assign_plan(monthly_messages=20), "plan_limit_reached"),
        (lambda tenant: tenant.top_up(credits=20), "insufficient_credits"),
        (lambda tenant: tenant.top_up(micro_usd=20 * CENT.micro_usd), "insufficient_credits"),
    ],
    ids=["plan", "credits", "dollars"],
)
def test_a_limit_of_an_account_is_exact(tenant: Tenant, wide: Deps, limit: Callable[[Tenant], None], code: str) -> None:
    tenant.pair()
    api_key = tenant.new_key()
    limit(tenant)
    sender = Sender(tenant.account.id, current(wide, api_key))
    seen = outcomes(lambda _: send_message(wide, sender, Submission("+14155551234", "hi", price=CENT)))
    assert seen == {ADMITTED: 20, code: PARALLEL - 20}
    assert stored_messages(tenant) == 20
    meter = get_meter(wide.accounts, tenant.account.id)
    assert meter is not None
    entries, _ = list_ledger(wide, tenant.account.id, 100, None)
    assert meter.month_count == 20
    assert sum(entry.credits for entry in entries) == meter.credits
    assert sum(entry.micro_usd for entry in entries) == meter.micro_usd


def test_all_limits_at_once_let_as_many_in_as_the_tightest(tenant: Tenant, wide: Deps) -> None:
    tenant.pair()
    api_key = tenant.new_key(per_minute=40, per_day=30, spending=50 * CENT.micro_usd)
    tenant.assign_plan(monthly_messages=45)
    tenant.top_up(credits=24, micro_usd=60 * CENT.micro_usd)
    sender = Sender(tenant.account.id, current(wide, api_key))
    seen = outcomes(lambda _: send_message(wide, sender, Submission("+14155551234", "hi", price=CENT)))
    assert seen == {ADMITTED: 24, "insufficient_credits": PARALLEL - 24}
    use = get_use(wide.keys, tenant.account.id, api_key.id)
    assert (sum(1 for taken in use.slots if taken), use.day_count, use.spent) == (24, 24, 24 * CENT.micro_usd)


def test_reads_share_a_limit_exactly(tenant: Tenant, wide: Deps) -> None:
    api_key = tenant.new_key(per_minute=20, per_day=50)
    assert outcomes(lambda _: count_request(wide, api_key)) == {ADMITTED: 20, "rate_limited": PARALLEL - 20}


def test_a_limit_that_is_wide_enough_refuses_nobody_though_writes_conflict(tenant: Tenant, conflicting: Deps) -> None:
    tenant.pair()
    api_key = tenant.new_key(per_minute=32, per_day=32)
    tenant.top_up(credits=32)
    sender = Sender(tenant.account.id, current(conflicting, api_key))
    seen = outcomes(lambda _: send_message(conflicting, sender, Submission("+14155551234", "hi", price=CENT)), 32)
    assert seen == {ADMITTED: 32}


def test_one_request_repeated_in_parallel_is_charged_once(tenant: Tenant, wide: Deps) -> None:
    tenant.pair()
    api_key = tenant.new_key(per_minute=5)
    tenant.top_up(credits=5)
    sender = Sender(tenant.account.id, current(wide, api_key))
    same = Idempotency("a" * 64, "b" * 64)
    seen = outcomes(lambda _: send_message(wide, sender, Submission("+14155551234", "hi"), same), 16)
    assert seen == {ADMITTED: 16}
    meter = get_meter(wide.accounts, tenant.account.id)
    assert meter is not None
    assert (stored_messages(tenant), meter.credits) == (1, 4)


def test_phones_that_pair_at_the_same_moment_are_never_one_too_many(tenant: Tenant, wide: Deps) -> None:
    tenant.assign_plan(phones=3)
    codes = [create_pairing(wide, tenant.account.id, None)[1] for _ in range(12)]
    seen = outcomes(lambda n: pair_phone(wide, codes[n], Installation(f"install-{n}", "store", "Pixel")), len(codes))
    assert seen == {ADMITTED: 3, "plan_limit_reached": 9}
    assert len(tenant.http.get("/v1/phones").json()["data"]) == 3


def test_a_refund_that_many_ask_for_at_once_is_given_once(tenant: Tenant, wide: Deps) -> None:
    tenant.pair()
    tenant.top_up(credits=1)
    sent = tenant.send().json()["id"]
    tenant.http.post(f"/v1/messages/{sent}/cancel")
    number, ticks = int(sent.removeprefix("msg_")), count(wide.now())
    # No two at one instant: the ledger alone would notice that.
    moving = replace(wide, now=lambda: next(ticks))
    outcomes(lambda _: settle_charge(moving, tenant.account.id, number), 16)
    meter = get_meter(wide.accounts, tenant.account.id)
    entries, _ = list_ledger(wide, tenant.account.id, 100, None)
    assert meter is not None
    assert (meter.credits, len(entries)) == (1, 3)
