"""What one message costs in write units, counted by the engine's consumed capacity."""

from collections import Counter
from typing import Any

import pytest

from roost.domain.messages import MessageStatus
from roost.runtime.deps import Deps
from roost.usecases.dispatch_changes import ChangedMessage, dispatch_changes
from tests.roost_fixtures import Clock, Tenant

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")


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
