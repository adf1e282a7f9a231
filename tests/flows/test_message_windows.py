"""Reading what came in: combined filters, inclusive times, and pages that lose nothing while more arrives."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.domain.instants import rfc3339
from roost.domain.messages import Direction, Message, MessageStatus
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import put_new_message, to_item
from roost.usecases.read_messages import MessageFilter, list_messages
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

STORED = 260
"""More than two Queries read, which take 100 each."""
EXAMINED = 120


def arrive(phone: PhoneDriver, text: str = "hi", sender: str = "+34600111222", sim: str = "sim_a") -> None:
    phone.call(phone.event("sms.received", data={"from": sender, "text": text, "sim_id": sim}))


def page_of(tenant: Tenant, cursor: str | None, **params: Any) -> tuple[list[dict[str, Any]], str | None]:
    page = tenant.http.get("/v1/messages", params={**params, **({"cursor": cursor} if cursor else {})}).json()
    return page["data"], page["next_cursor"]


def bodies(tenant: Tenant, **params: Any) -> list[str]:
    """The texts of all pages."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        data, cursor = page_of(tenant, cursor, **params)
        found += [message["body"] for message in data]
        if cursor is None:
            return found


def test_both_ends_of_a_window_are_in_it_and_a_millisecond_outside_is_not(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    times = []
    for number in range(3):
        arrive(phone, f"text {number}")
        times.append(clock.now)
        clock.forward(hours=20)
    first, second, third = times
    assert bodies(tenant, since=rfc3339(first), until=rfc3339(third)) == ["text 2", "text 1", "text 0"]
    assert bodies(tenant, since=rfc3339(first + 1), until=rfc3339(third - 1)) == ["text 1"]
    assert bodies(tenant, since=rfc3339(second), until=rfc3339(second)) == ["text 1"]
    assert bodies(tenant, since=rfc3339(third + 1)) == []
    assert bodies(tenant, until=rfc3339(first - 1)) == []


def test_one_row_of_a_mixed_day_is_found_by_all_filters_together(tenant: Tenant, clock: Clock) -> None:
    """What was received in the last 24 hours on the first SIM of one phone."""
    phone, other = tenant.pair(), tenant.pair()
    arrive(phone, "too old")
    clock.forward(hours=25)
    arrive(phone, "other sim", sim="sim_b")
    arrive(other, "other phone")
    tenant.send(phone_id=phone.device_id, sim_slot=0)
    arrive(phone, "this one")
    since = rfc3339(clock.now - 86_400_000)
    wanted = {"status": "received", "phone_id": phone.device_id, "sim_slot": 0, "since": since}
    assert bodies(tenant, **wanted) == ["this one"]
    assert bodies(tenant, **wanted, number="+34600999999") == []


def test_pages_go_on_where_little_matches_and_dynamodb_answers_in_pieces(
    tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.usecases.read_messages.MOST_EXAMINED", EXAMINED)
    with tenant.deps.messages.batch_writer() as writer:
        for number in range(STORED):
            writer.put_item(to_item(received(tenant, clock, number)))
            clock.now += 1
    assert bodies(tenant, limit=100) == [f"text {number}" for number in reversed(range(STORED))]
    assert bodies(tenant, number="rare") == ["text 259", "text 130", "text 1"]
    data, cursor = page_of(tenant, None, number="rare")
    assert len(data) == 1, "one request does not read them all"
    assert cursor is not None


def received(tenant: Tenant, clock: Clock, number: int) -> Message:
    return Message(
        account=tenant.account.id,
        id=tenant.deps.new_message_id(),
        direction=Direction.IN,
        peer="rare" if number % 129 == 1 else "+34600111222",
        text=f"text {number}",
        status=MessageStatus.RECEIVED,
        moves={MessageStatus.RECEIVED: clock.now},
        segments=1,
        phone=1,
        sim_slot=0,
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 4), arrivals=st.lists(st.integers(0, 3), max_size=6), pause=st.sampled_from([0, 1, 50_000]))
def test_walking_the_pages_visits_each_message_once_while_more_arrives(
    tenant: Tenant, clock: Clock, limit: int, arrivals: list[int], pause: int
) -> None:
    clock.forward(hours=30)
    wanted = MessageFilter(since=clock.now)
    there = [stored(tenant, clock, pause) for _ in range(6)]
    seen: list[int] = []
    below: int | None = None
    for arriving in [*arrivals, *[0] * 7]:
        page, below = list_messages(tenant.deps, tenant.account.id, wanted, limit, below)
        seen += [message.id for message in page]
        if below is None:
            break
        for _ in range(arriving):
            stored(tenant, clock, 1)
    assert below is None
    assert len(set(seen)) == len(seen)
    assert set(there) <= set(seen)
    assert seen == sorted(seen, reverse=True)


def stored(tenant: Tenant, clock: Clock, pause: int) -> int:
    """The id of a message that comes in now; two of one millisecond may draw one id, and then draw again."""
    while True:
        message = received(tenant, clock, 0)
        try:
            put_new_message(tenant.deps.messages, message)
        except ConditionFailed:
            continue
        clock.now += pause
        return message.id
