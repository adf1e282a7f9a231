"""What one message costs in write units, counted by the engine's consumed capacity."""

from collections import Counter

import pytest

from roost.domain.messages import MessageStatus
from roost.runtime.deps import Deps
from roost.usecases.dispatch_changes import ChangedMessage, dispatch_changes
from tests.roost_fixtures import Clock, Tenant
from tests.write_units import count_writes


@pytest.fixture
def written(deps: Deps) -> Counter[str]:
    return count_writes(deps)


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
