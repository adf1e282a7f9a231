"""What one message costs in write units, counted by the engine's consumed capacity."""

import tracemalloc
from collections import Counter
from typing import Any

import pytest

from dev.write_units import count_writes
from roost.domain.batches import LaneStatus
from roost.domain.instants import MINUTE
from roost.domain.messages import MessageStatus, Priority
from roost.runtime.deps import Deps
from roost.storage.key_use import use_key
from roost.usecases.count_request import count_request
from roost.usecases.dispatch_changes import ChangedMessage
from roost.usecases.dispatch_lanes import ChangedLane
from tests.flows.test_batches import numbers
from tests.in_role import dispatch_changes
from tests.roost_fixtures import Clock, Tenant

HEALTH = {"app": "1.0.0", "sdk": 34, "battery": 87, "charging": True, "net": "wifi", "quarantined": 0, "missing": []}
LENGTH_OF_A_TOKEN = 163
"""Of FCM's registration tokens, the longest part of a phone's item, each of whose kilobytes is a unit per write."""


@pytest.fixture
def written(deps: Deps) -> Counter[str]:
    return count_writes(deps)


@pytest.mark.parametrize("phones", [1, 2, 5])
def test_the_life_of_a_single_message_takes_at_most_nine_write_units(
    tenant: Tenant, clock: Clock, written: Counter[str], phones: int
) -> None:
    """Also where another phone could take it, which asks for an acceptance."""
    phone, *_ = [tenant.pair() for _ in range(phones)]
    phone.health |= HEALTH
    phone.register_push("t" * LENGTH_OF_A_TOKEN)
    clock.forward(minutes=1)
    phone.call(claim="awake")
    clock.forward(minutes=1)
    written.clear()
    sent = tenant.send().json()["id"]
    number = int(sent.removeprefix("msg_"))
    change = ChangedMessage("1", tenant.account.id, number, MessageStatus.DISPATCHING, clock.now, phone=1)
    dispatch_changes(tenant.deps, None, None, [change])  # type: ignore[arg-type]
    clock.forward(seconds=1)
    [job] = phone.claim()
    assert job["grant"] == ("direct" if phones == 1 else "confirm")
    clock.forward(seconds=1)
    phone.call(*([phone.accept(job)] if job["grant"] == "confirm" else []))
    clock.forward(seconds=2)
    phone.call(phone.event("job.sent", job))
    clock.forward(seconds=6)
    phone.call(phone.event("job.delivered", job))
    assert tenant.message(sent)["status"] == "delivered"
    assert sum(written.values()) <= 9, dict(written)


def test_a_refused_or_repeated_request_writes_little_or_nothing(tenant: Tenant, written: Counter[str]) -> None:
    phone = tenant.pair()
    tenant.send()
    [job] = phone.claim()
    event = phone.event("job.sent", job)
    phone.call(event)
    written.clear()
    tenant.send(to="nonsense")
    tenant.http.get("/v1/messages", headers={"x-api-key": "garbage"})
    for _ in range(5):
        phone.call(event)
    assert sum(written.values()) == 0


@pytest.mark.parametrize(
    ("limits", "plan", "money", "most"),
    [
        ({}, None, None, 2),
        ({"per_minute": 90, "per_day": 1_000}, None, None, 5),
        ({}, {"monthly_messages": 100}, None, 5),
        ({}, None, {"credits": 100}, 7),
        (
            {"per_minute": 90, "spending": 1_000_000},
            {"monthly_messages": 100},
            {"credits": 100, "micro_usd": 1_000_000},
            9,
        ),
    ],
    ids=["nothing", "key", "plan", "credits", "everything"],
)
def test_a_limit_costs_its_own_writes_and_who_has_none_pays_nothing(
    tenant: Tenant, written: Counter[str], limits: Any, plan: Any, money: Any, most: int
) -> None:
    """Of accepting one message: its item and its queue entry are 2, in a transaction 3, and 2 for each item with it."""
    tenant.pair()
    if plan:
        tenant.assign_plan(**plan)
    if money:
        tenant.top_up(**money)
    headers = {"x-api-key": tenant.key(**limits)}
    tenant.http.get("/v1/phones", headers=headers)
    written.clear()
    body = {"to": "+14155551234", "body": "hi"}
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 201
    assert sum(written.values()) == most, dict(written)
    written.clear()
    tenant.http.get("/v1/messages", headers=headers)
    assert sum(written.values()) == (1 if limits else 0)


@pytest.mark.parametrize(("per_minute", "units"), [(120, 1), (200, 2), (1_000, 7)])
def test_a_wider_minute_costs_a_write_unit_per_kilobyte_of_its_slots(
    tenant: Tenant, written: Counter[str], per_minute: int, units: int
) -> None:
    api_key = tenant.new_key(per_minute=per_minute)
    tenant.deps.keys.update_item(
        Key=use_key(tenant.account.id, api_key.id),
        UpdateExpression="SET slots = :taken",
        ExpressionAttributeValues={":taken": [tenant.deps.now() - MINUTE] * per_minute},
    )
    written.clear()
    count_request(tenant.deps, api_key)
    assert sum(written.values()) == units


def test_a_request_beyond_a_limit_writes_nothing(tenant: Tenant, written: Counter[str]) -> None:
    tenant.pair()
    headers = {"x-api-key": tenant.key(per_minute=1)}
    tenant.http.get("/v1/messages", headers=headers)
    tenant.assign_plan(monthly_messages=1)
    tenant.send()
    written.clear()
    body = {"to": "+14155551234", "body": "hi"}
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 429
    assert tenant.send().status_code == 403
    assert sum(written.values()) == 0


def test_a_code_that_is_asked_for_and_verified_takes_at_most_seven_write_units(
    tenant: Tenant, written: Counter[str]
) -> None:
    phone = tenant.pair()
    written.clear()
    assert tenant.http.post("/v1/otp", json={"to": "+14155551234"}).status_code == 201
    sent = sum(written.values())
    [job] = phone.claim()
    written.clear()
    code = job["text"].split()[-1]
    assert tenant.http.post("/v1/otp/verify", json={"to": "+14155551234", "code": code}).json()["verified"] is True
    assert (sent, sum(written.values())) == (5, 2)


@pytest.mark.parametrize("shared", [True, False])
def test_a_message_of_a_batch_takes_at_most_three_write_units(
    tenant: Tenant, clock: Clock, written: Counter[str], shared: bool
) -> None:
    """Accepted in chunks, an item from its claim on, its outcome: everything counted, the last small claims too."""
    phones = [tenant.pair(), tenant.pair()]
    clock.forward(minutes=1)
    for phone in phones:
        phone.call(claim="awake")
    clock.forward(minutes=1)
    written.clear()
    texts = {"to": numbers(200), "body": "Sale ends tonight"}
    own_texts = {"messages": [{"to": number, "body": f"Hello {number}, how are you?"} for number in numbers(200)]}
    batch = tenant.http.post("/v1/sms/batch", json=texts if shared else own_texts).json()
    now, group = clock.now, int(batch["group_id"].removeprefix("grp_"))
    lane = ChangedLane("1", tenant.account.id, group, LaneStatus.DISPATCHING, Priority.BULK, now, now + 86_400_000, 200)
    dispatch_changes(tenant.deps, None, None, [lane])  # type: ignore[arg-type]
    reports: dict[str, list[dict[str, Any]]] = {phone.device_id: [] for phone in phones}
    taken = 0
    for turn in range(60):
        if taken == 200 and not any(reports.values()):
            break
        phone, clock.now = phones[turn % 2], clock.now + 1_000
        answer = phone.call(*reports[phone.device_id], claim=f"clm_{turn}")
        jobs = answer["jobs"]
        taken += len(jobs)
        clock.forward(seconds=1)
        phone.call(*([phone.accept(*jobs)] if jobs else []))
        reports[phone.device_id] = [phone.event("job.sent", job) for job in jobs]
    assert tenant.http.get(f"/v1/groups/{batch['group_id']}").json()["status"] == {"sent": 200}
    assert sum(written.values()) <= 3 * 200, dict(written)


def test_ten_thousand_messages_are_accepted_in_one_request_in_bounded_memory(
    tenant: Tenant, written: Counter[str]
) -> None:
    tenant.pair()
    written.clear()
    body = {"to": numbers(10_000), "body": "Sale ends tonight"}
    tracemalloc.start()
    answer = tenant.http.post("/v1/sms/batch", json=body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len({message["id"] for message in answer.json()["messages"]}) == 10_000
    assert sum(written.values()) <= 400, dict(written)
    assert peak < 64 * 2**20, f"{peak / 2**20:.0f} MB"
