"""Both machines with the functions that deploy behind their tasks: what one answers is what the other reads."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from dev.cloud_process import CloudProcess
from dev.fcm.stand_in import FcmStandIn
from roost.domain.instants import DAY, HOUR, MINUTE, SECOND, from_datetime, minute_of, minute_start, rfc3339
from roost.runtime.deps import Deps
from roost.runtime.firebase import firebase_settings
from roost.runtime.push import push
from roost.storage.phones import get_phone
from tests.permissions.roles import acting_as
from tests.roost_fixtures import Clock, Tenant
from tests.statemachines import interpreter as moto_interpreter
from tests.statemachines.interpreter import Interpreter, Task


@pytest.fixture
def interpreter(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    """Our own clients are open before AWS is replaced by moto: they go on talking to the engine."""
    firebase_settings()
    push()
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with moto_interpreter.interpreter(monkeypatch) as made:
        yield made


def real(function: str, clock: Clock) -> Task:
    """The handler, called at the instant that the machine waited for."""
    handler = importlib.import_module(f"functions.{function}.app").handler

    def task(payload: dict[str, Any]) -> object:
        with acting_as(function):
            answer: dict[str, Any] = handler(payload, None)
        if "wait_until" in answer:
            clock.now = max(clock.now, from_datetime(datetime.fromisoformat(answer["wait_until"])))
        return answer

    return task


def test_a_phone_that_never_answers_is_pushed_three_times_and_its_message_ends_at_its_deadline(
    tenant: Tenant, clock: Clock, cloud: CloudProcess, fcm: FcmStandIn, interpreter: Interpreter
) -> None:
    phone, token = tenant.pair(), fcm.register("roost-local")
    phone.register_push(token)
    sent = tenant.send().json()
    cloud.drain()
    number = int(phone.device_id.removeprefix("phn_"))
    silent = get_phone(tenant.deps.devices, tenant.account.id, number)
    assert silent is not None
    assert silent.woken_at is not None
    tenant.deps.devices.update_item(  # woken by the deployed function, under the real clock
        Key={"pk": f"A#{tenant.account.id}", "sk": f"phone#{number:08d}"},
        UpdateExpression="SET woken_at = :now",
        ExpressionAttributeValues={":now": clock.now},
    )
    since, pushed = clock.now, len(sent_to(fcm, token))
    given = {"account": tenant.account.id, "phone": number, "since": since}
    ended = interpreter.run("RecoverPhoneMachine", given, real("recover_phone", clock))
    assert ended.status == "SUCCEEDED", ended.cause
    assert len(sent_to(fcm, token)) - pushed == 3
    assert interpreter.waits[:3] == [rfc3339(since + after) for after in (30 * SECOND, 2 * MINUTE, 10 * MINUTE)]
    assert all(instant <= rfc3339(since + DAY) for instant in interpreter.waits)
    assert tenant.message(sent["id"])["status"] == "expired"
    assert clock.now < since + DAY + HOUR


def test_a_phone_that_called_is_left_alone(tenant: Tenant, clock: Clock, interpreter: Interpreter) -> None:
    phone = tenant.pair()
    number = int(phone.device_id.removeprefix("phn_"))
    given = {"account": tenant.account.id, "phone": number, "since": clock.now}
    ended = interpreter.run("RecoverPhoneMachine", given, real("recover_phone", clock))
    assert (ended.status, interpreter.waits, len(interpreter.calls)) == ("SUCCEEDED", [], 1)


def test_what_was_scheduled_for_a_minute_becomes_due_in_it(
    tenant: Tenant, clock: Clock, interpreter: Interpreter
) -> None:
    phone = tenant.pair()
    due_at = clock.now + HOUR
    sent = tenant.send(send_at=rfc3339(due_at)).json()
    minute = minute_of(due_at)
    given = {"account": tenant.account.id, "minute": minute, "at": rfc3339(minute_start(minute))}
    assert phone.claim() == []
    clock.now = due_at
    ended = interpreter.run("ReleaseScheduledMachine", given, real("release_scheduled", clock))
    assert ended.status == "SUCCEEDED", ended.cause
    assert ended.output == {"released": 1, "more": False}
    assert [job["job_id"] for job in phone.claim()] == [sent["id"]]


def sent_to(fcm: FcmStandIn, token: str) -> list[dict[str, Any]]:
    return [push for push in fcm.sent() if push["token"] == token]
