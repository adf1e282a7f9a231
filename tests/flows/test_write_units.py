"""What one message costs in write units, counted by the engine's consumed capacity."""

from collections import Counter
from typing import Any

import pytest

from roost.domain.batches import LaneStatus
from roost.domain.messages import MessageStatus, Priority
from roost.runtime.deps import Deps
from roost.usecases.dispatch_changes import ChangedMessage, dispatch_changes
from roost.usecases.dispatch_lanes import ChangedLane
from tests.flows.test_batches import numbers
from tests.roost_fixtures import Clock, Tenant

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


@pytest.fixture
def written(deps: Deps) -> Counter[str]:
    """Write units by operation, index writes included, of everything this process writes."""
    units: Counter[str] = Counter()
    events = deps.messages.meta.client.meta.events

    def ask(params: dict[str, Any], **_: object) -> None:
        params.setdefault("ReturnConsumedCapacity", "INDEXES")

    def count(parsed: dict[str, Any], model: Any, **_: object) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for entry in consumed if isinstance(consumed, list) else [consumed]:
            if model.name in WRITES:
                units[model.name] += entry["CapacityUnits"]

    events.register("provide-client-params.dynamodb.*", ask)
    events.register("after-call.dynamodb.*", count)
    return units


def test_the_life_of_a_single_message_takes_at_most_nine_write_units(
    tenant: Tenant, clock: Clock, written: Counter[str]
) -> None:
    phone = tenant.pair()
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
    clock.forward(seconds=3)
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
