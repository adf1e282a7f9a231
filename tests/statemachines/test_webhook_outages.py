"""Outages over simulated days: the deployed definition, the real handler, a receiver that is really called."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from functions.deliver_webhook import app as deliver_webhook_app
from roost.domain.deliveries import RETRY_AFTER
from roost.domain.instants import DAY, HOUR, MINUTE, SECOND, from_datetime
from roost.outbound.executions import Executions, Machines
from roost.runtime.deps import Deps
from roost.runtime.webhooks import webhook_http
from roost.storage.deliveries import settle_owed
from roost.usecases import deliver_at_once
from roost.usecases import deliver_webhook as usecase
from roost.usecases.manage_webhooks import change_settings
from tests.permissions.roles import acting_as
from tests.roost_fixtures import Clock
from tests.statemachines import interpreter as moto_interpreter
from tests.statemachines.interpreter import Ended, Interpreter
from tests.webhook_receiver import (
    Answer,
    Handler,
    Receiver,
    answering,
    closing_half_way,
    dripping,
    hanging,
    receiving,
)
from tests.webhooks.desk import Desk

MACHINE = "RetryWebhookMachine"

MISBEHAVIOURS: dict[str, Answer] = {
    "fails": answering(500, b"no"),
    "redirects": answering(302, location="https://example.com/"),
    "is too busy": answering(503),
    "closes half-way": closing_half_way,
    "answers garbage": lambda handler: handler.raw(b"\x00\xff\r\n\r\n"),
    "hangs": hanging,
    "drips": dripping,
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def interpreter(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    """Our own clients are open before AWS is replaced by moto: they go on talking to the engine."""
    monkeypatch.setattr(usecase, "TOTAL_SECONDS", 0.3)
    monkeypatch.setattr(deliver_at_once, "TIME_BUDGET", 600)
    webhook_http()
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with moto_interpreter.interpreter(monkeypatch) as made:
        yield made


@pytest.fixture
def desk(
    deps: Deps, receiver: Receiver, interpreter: Interpreter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """Outages really start executions, and their tasks are the real handler at the instant the machine waited for."""
    machines = (
        "RecoverPhoneMachine",
        "ReleaseScheduledMachine",
        MACHINE,
        "RunCampaignMachine",
        "ImportContactsMachine",
        "RetryHighlevelMachine",
    )
    executions = Executions(interpreter.client, Machines(*(interpreter.machines[machine] for machine in machines)))
    monkeypatch.setattr(deliver_webhook_app, "executions", lambda: executions)

    def task(payload: dict[str, Any]) -> object:
        clock.now = max(clock.now, from_datetime(datetime.fromisoformat(interpreter.waits[-1])))
        with acting_as("deliver_webhook"):
            return deliver_webhook_app.handler(payload, None)

    interpreter.task = task
    return Desk(deps, receiver, executions=executions)


def ended(interpreter: Interpreter) -> Ended:
    """The one execution, at its end."""
    [name] = interpreter.executions(MACHINE)
    arn = interpreter.machines[MACHINE].replace(":stateMachine:", ":execution:")
    return interpreter.until_ended(f"{arn}:{name}")


def pauses(interpreter: Interpreter, began: int) -> list[int]:
    instants = [began, *(from_datetime(datetime.fromisoformat(text)) for text in interpreter.waits)]
    return [after - before for before, after in itertools.pairwise(instants)]


def until(clock: Clock, recovery: int, misbehaving: Answer) -> Answer:
    def answer(handler: Handler) -> None:
        (misbehaving if clock.now < recovery else answering(204))(handler)

    return answer


@pytest.mark.capability("8MS-41")
@pytest.mark.parametrize("how", MISBEHAVIOURS)
def test_a_receiver_that_misbehaves_for_forty_hours_gets_everything_in_order_by_one_execution(
    desk: Desk, receiver: Receiver, interpreter: Interpreter, clock: Clock, how: str
) -> None:
    endpoint, began = desk.endpoint(), clock.now
    events = desk.events(30)
    receiver.answer = until(clock, began + 40 * HOUR, MISBEHAVIOURS[how])
    told_later = iter(events[3:])

    def handler_and_more(payload: dict[str, Any], real: Any = interpreter.task) -> object:
        if (event := next(told_later, None)) is not None:
            desk.tell(event)  # things go on happening during the outage
        return real(payload)

    interpreter.task = handler_and_more
    desk.tell(*events[:3])
    for _ in desk.functions.invoked:  # cut off in the stream's batch, it gets its ten seconds in its own lane
        desk.drain(endpoint)
    assert ended(interpreter).status == "SUCCEEDED"
    told = [event.id for event in events[:3]] + [event.id for event in events[3:][: len(interpreter.calls)]]
    delivered = [event_id for event_id, status in desk.attempts(endpoint) if status == 204]
    assert delivered == told, "each once, none lost, in order"
    assert desk.owed(endpoint) == []
    waited = pauses(interpreter, began)
    assert len(waited) == 8, "5 s, 5 min, 30 min, 2, 5, 10, 14 and 20 h after each other; then it is back"
    for pause, planned in zip(waited, RETRY_AFTER, strict=False):
        assert planned * 9 // 10 - SECOND <= pause <= planned * 11 // 10 + SECOND
    assert list(interpreter.executions(MACHINE)) == [f"{endpoint.id}-{began}-1"]
    stands = desk.now_of(endpoint)
    assert (stands.outage_at, stands.failing_since, stands.enabled) == (None, None, True)


def test_a_receiver_that_never_comes_back_is_disabled_in_its_sixth_day_and_loses_nothing(
    desk: Desk, receiver: Receiver, interpreter: Interpreter, clock: Clock
) -> None:
    endpoint, began, events = desk.endpoint(), clock.now, desk.events(4)
    receiver.answer = answering(503)
    desk.tell(*events)
    assert ended(interpreter).status == "SUCCEEDED"
    assert 5 * DAY <= clock.now - began <= 6 * DAY
    stands = desk.now_of(endpoint)
    assert (stands.enabled, stands.disabled_reason) == (False, "failing")
    assert desk.owed(endpoint) == [event.id for event in events]
    assert {event_id for event_id, _ in desk.attempts(endpoint)} == {events[0].id}, "nobody is asked twice at a time"
    desk.tell(*desk.events(1))
    receiver.answer = answering(204)
    change_settings(desk.deps, desk.http, endpoint.account, endpoint.id, {"enabled": True})
    desk.drain(endpoint)
    assert desk.got()[-4:] == [event.id for event in events]


@pytest.mark.parametrize(("header", "least"), [("600", 600 * SECOND), ("1", 4 * SECOND)])
def test_retry_after_is_honoured(
    desk: Desk, receiver: Receiver, interpreter: Interpreter, clock: Clock, header: str, least: int
) -> None:
    began = clock.now
    desk.endpoint()
    receiver.answer = until(clock, began + SECOND, answering(429, retry_after=header))
    desk.tell(*desk.events())
    assert ended(interpreter).status == "SUCCEEDED"
    [pause] = pauses(interpreter, began)
    assert least <= pause <= least + 2 * SECOND


def test_an_event_that_alone_is_refused_stops_no_other_and_is_given_up_after_its_tries(
    desk: Desk, receiver: Receiver, interpreter: Interpreter, clock: Clock
) -> None:
    endpoint, began, events = desk.endpoint(), clock.now, desk.events(5)
    refused = events[1].id

    def answer(handler: Handler) -> None:
        handler.reply(422 if handler.headers["webhook-id"] == refused else 204)

    receiver.answer = answer
    desk.tell(*events)
    assert ended(interpreter).status == "SUCCEEDED"
    attempts = desk.attempts(endpoint)
    assert [event_id for event_id, status in attempts if status == 204] == [
        event.id for event in events if event.id != refused
    ]
    assert [status for event_id, status in attempts if event_id == refused] == [422] * 10
    assert clock.now - began == pytest.approx(75 * HOUR + 35 * MINUTE, rel=0.11)
    assert desk.owed(endpoint) == []
    assert desk.now_of(endpoint).enabled


def test_while_one_event_waits_for_its_next_try_the_others_go_directly(
    desk: Desk, receiver: Receiver, interpreter: Interpreter, clock: Clock
) -> None:
    desk.endpoint()
    events = desk.events(2)
    seen: list[list[str]] = []

    def answer(handler: Handler) -> None:
        handler.reply(422 if handler.headers["webhook-id"] == events[0].id else 204)

    def handler_and_more(payload: dict[str, Any], real: Any = interpreter.task) -> object:
        result = real(payload)
        if not seen:
            [later] = desk.events()
            desk.tell(later)
            seen.append([later.id, desk.got()[-1]])
        return result

    receiver.answer = answer
    interpreter.task = handler_and_more
    desk.tell(*events)
    ended(interpreter)
    [[later_id, last]] = seen
    assert later_id == last


def test_a_worker_that_dies_is_followed_by_another_when_its_lease_is_over(
    desk: Desk, receiver: Receiver, interpreter: Interpreter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, events = desk.endpoint(), desk.events(2)
    receiver.answer = until(clock, clock.now + SECOND, answering(500))
    desk.tell(*events)
    died: list[int] = []

    def settle_or_die(*arguments: Any, real: Any = settle_owed) -> None:
        if not died:
            died.append(clock.now)
            raise MemoryError
        real(*arguments)

    monkeypatch.setattr(usecase, "settle_owed", settle_or_die)
    assert ended(interpreter).status in ("FAILED", "SUCCEEDED")
    clock.forward(minutes=2)
    desk.drain(endpoint)
    assert sorted(set(desk.got())) == sorted(event.id for event in events)
    assert desk.owed(endpoint) == []
