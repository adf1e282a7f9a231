"""From an event to the endpoints that want it: at once where they are fast, apart where they are not."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from roost.domain.instants import DAY, minute_of
from roost.domain.webhooks import EventType, Lane
from roost.outbound.executions import Executions
from roost.storage.checks import Check, checks_of
from roost.storage.deliveries import list_owed, put_attempts, settle_owed
from roost.storage.stream_records import Told
from roost.usecases import deliver_at_once, deliver_webhook, fan_out_events
from roost.usecases.known_endpoints import KnownEndpoints
from tests.in_role import sweep
from tests.roost_fixtures import Clock
from tests.webhook_receiver import Handler, Receiver, answering, hanging
from tests.webhooks.desk import Desk


def test_a_fast_endpoint_gets_its_events_at_once_numbered_and_in_order(desk: Desk, receiver: Receiver) -> None:
    endpoint, events = desk.endpoint(), desk.events(5)
    desk.tell(*events)
    assert desk.got() == [event.id for event in events]
    assert [json.loads(post.body)["sequence"] for post in receiver.posted] == [1, 2, 3, 4, 5]
    assert desk.attempts(endpoint) == [(event.id, 204) for event in events]
    assert (desk.owed(endpoint), desk.functions.invoked, desk.machines.started) == ([], [], {})


@pytest.mark.capability("8MS-40")
def test_only_subscribed_events_are_delivered_and_none_to_a_disabled_endpoint(desk: Desk) -> None:
    desk.endpoint("/sent", events=frozenset({EventType.MESSAGE_SENT}))
    desk.endpoint("/off", enabled=False)
    desk.endpoint("/received", events=frozenset({EventType.MESSAGE_RECEIVED}))
    [event] = desk.events()
    desk.tell(event)
    assert [desk.got(path) for path in ("/sent", "/off", "/received")] == [[], [], [event.id]]


def test_a_new_endpoint_starts_in_a_lane_of_its_own_until_it_answers_fast(desk: Desk) -> None:
    endpoint, events = desk.endpoint(lane=Lane.OWN), desk.events(2)
    desk.tell(*events)
    assert desk.got() == []
    assert desk.functions.invoked == [{"account": desk.account, "endpoint": endpoint.id, "since": 0}]
    assert desk.drain(endpoint)["done"]
    assert desk.got() == [event.id for event in events]
    [third] = desk.events()
    desk.tell(third)
    assert desk.got()[2:] == [third.id]
    assert len(desk.functions.invoked) == 1


def test_an_endpoint_that_has_become_slow_is_cut_off_once_and_then_waited_for_apart(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_at_once, "TIME_BUDGET", 600)
    endpoint, events = desk.endpoint(), desk.events(3)
    receiver.answer = hanging
    desk.tell(*events[:2])
    assert desk.owed(endpoint) == [event.id for event in events[:2]]
    assert desk.now_of(endpoint).lane is Lane.OWN
    assert desk.now_of(endpoint).failing_since is None, "slow is no failure"
    desk.tell(events[2])
    assert len(receiver.posted) == 1
    receiver.answer = answering(204)
    desk.drain(endpoint)
    assert desk.got()[1:] == [event.id for event in events]


def test_a_failure_begins_one_outage_in_which_events_are_owed_in_order(
    desk: Desk, receiver: Receiver, clock: Clock
) -> None:
    endpoint, events = desk.endpoint(), desk.events(6)
    receiver.answer = answering(503)
    desk.tell(*events[:3])
    assert desk.got() == [events[0].id], "what follows a failure waits behind it"
    desk.tell(*events[3:])
    assert desk.owed(endpoint) == [event.id for event in events]
    [(name, given)] = desk.machines.started.items()
    stands = desk.now_of(endpoint)
    assert name == f"{endpoint.id}-{stands.outage_at}-1"
    assert given["since"] == stands.outage_at == clock.now
    assert 4_500 <= (stands.retry_at or 0) - clock.now <= 5_500
    assert desk.functions.invoked == [], "while it fails nobody calls it before its time"


def test_an_endpoint_that_is_gone_is_disabled_and_keeps_what_it_is_owed(desk: Desk, receiver: Receiver) -> None:
    endpoint, [event] = desk.endpoint(), desk.events()
    receiver.answer = answering(410)
    desk.tell(event)
    stands = desk.now_of(endpoint)
    assert (stands.enabled, stands.disabled_reason, desk.owed(endpoint)) == (False, "gone", [event.id])
    assert desk.machines.started == {}


def test_a_batch_that_breaks_off_is_told_again_under_the_same_ids(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.endpoint()
    events = desk.events(2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fan_out_events, "put_attempts", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.tell(*events)
    desk.tell(*events)
    assert desk.got() == [event.id for event in events] * 2


def test_a_debt_that_is_written_while_a_worker_finishes_is_not_forgotten(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The invocation it asks for finds the lease taken; so the worker that gives the lease back looks once more."""
    endpoint, [first, second] = desk.endpoint(lane=Lane.OWN), desk.events(2)
    desk.tell(first)

    def log_while_the_next_comes(*arguments: Any, real: Any = put_attempts) -> None:
        if second.id not in desk.owed(endpoint) + desk.got():
            desk.tell(second)
            assert desk.drain(endpoint)["done"], "another holds the lease"
        real(*arguments)

    monkeypatch.setattr(deliver_webhook, "put_attempts", log_while_the_next_comes)
    desk.drain(endpoint)
    assert desk.got() == [first.id, second.id]


def test_the_sweep_starts_an_outage_s_execution_anew_and_finds_debts_that_nobody_works_off(
    desk: Desk, receiver: Receiver, clock: Clock
) -> None:
    endpoint, [event] = desk.endpoint(lane=Lane.OWN), desk.events()
    desk.tell(event)  # and the invocation it asked for is lost
    assert Check(desk.account, webhook=endpoint.id) in [
        check for _, check in checks_of(desk.deps.devices, minute_of(clock.now))
    ]
    for _ in range(2):
        clock.forward(minutes=1)
        sweep(desk.deps, executions_of(desk))
    stands = desk.now_of(endpoint)
    name = f"{endpoint.id}-{stands.outage_at}-1"
    assert desk.machines.started.pop(name)["since"] == stands.outage_at
    clock.forward(minutes=12)
    sweep(desk.deps, executions_of(desk))
    assert name in desk.machines.started, "a start that was lost is repeated under the same name"
    assert stands.outage_at is not None
    assert desk.drain(endpoint, since=stands.outage_at)["done"]
    assert desk.got() == [event.id]


def executions_of(desk: Desk) -> Executions:
    assert desk.executions is not None
    return desk.executions


def test_one_dead_endpoint_among_a_thousand_takes_nothing_from_the_others(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """The worst case: it was fast, and hangs from this batch on. Fifty accounts, twenty endpoints each."""
    monkeypatch.setattr(deliver_at_once, "TIME_BUDGET", 1_500)
    accounts = [f"{desk.account}{number}" for number in range(50)]
    paths = {f"/{account}/{place}" for account in accounts for place in range(20)}
    dead, neighbours = f"/{accounts[25]}/10", {f"/{accounts[25]}/{place}" for place in range(20)}
    endpoints = desk.endpoints({path: path.split("/")[1] for path in paths})
    receiver.by_path[dead] = hanging
    desk.tell_all([Told(account, tuple(desk.events(account=account))) for account in accounts])
    served = Counter(post.path for post in receiver.posted)
    assert served == dict.fromkeys(paths, 1)
    desk.tell(*desk.events(account=accounts[25]))
    served = Counter(post.path for post in receiver.posted)
    assert {path for path, count in served.items() if count == 2} == neighbours - {dead}, "it is not even tried again"
    assert len(desk.owed(endpoints[dead])) == 2
    assert desk.now_of(endpoints[dead]).lane is Lane.OWN
    assert len(desk.functions.invoked) == 2


def test_a_new_endpoint_is_noticed_within_seconds_by_a_warm_environment(desk: Desk, clock: Clock) -> None:
    known = KnownEndpoints(desk.deps.webhooks, clock)
    assert known.of(desk.account) == []
    endpoint = desk.endpoint()
    assert known.of(desk.account) == []
    clock.forward(seconds=5)
    assert known.of(desk.account) == [endpoint]


def test_what_an_endpoint_is_owed_is_kept_a_month(desk: Desk, receiver: Receiver, clock: Clock) -> None:
    receiver.answer = answering(500)
    endpoint, [event] = desk.endpoint(), desk.events()
    desk.tell(event)
    items = desk.deps.webhooks.query(
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": f"A#{desk.account}#E#{endpoint.id}"},
    )["Items"]
    assert {int(str(item["ttl"])) for item in items} == {(clock.now + 30 * DAY) // 1_000}


def test_two_workers_at_once_deliver_each_event_once(desk: Desk, receiver: Receiver) -> None:
    endpoint, events = desk.endpoint(lane=Lane.OWN), desk.events(3)
    desk.tell(*events)
    rivals: list[dict[str, Any]] = []

    def answer_while_a_rival_comes(handler: Handler) -> None:
        if not rivals:
            rivals.append(desk.drain(endpoint))
        handler.reply(204)

    receiver.answer = answer_while_a_rival_comes
    desk.drain(endpoint)
    assert rivals[0]["done"] is True
    assert desk.got() == [event.id for event in events]


def test_a_debt_that_another_worker_settled_is_not_brought_back_by_a_late_failure(
    desk: Desk, receiver: Receiver
) -> None:
    endpoint, [event] = desk.endpoint(lane=Lane.OWN), desk.events()
    desk.tell(event)

    def fail_after_another_has_settled_it(handler: Handler) -> None:
        for owed in list_owed(desk.deps.webhooks, endpoint, 1):
            settle_owed(desk.deps.webhooks, endpoint, owed)
        handler.reply(500)

    receiver.answer = fail_after_another_has_settled_it
    desk.drain(endpoint)
    assert desk.owed(endpoint) == []
