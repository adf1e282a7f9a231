"""The recover_phone machine: it looks, waits as long as it was told, and looks again until nothing is left to do."""

from __future__ import annotations

import pytest

from tests.statemachines.interpreter import Interpreter, TaskError
from tests.statemachines.scripts import scripted

MACHINE = "RecoverPhoneMachine"
SILENCE = {"account": "acc0123456789", "phone": 7, "since": 1_800_000_000_000}
DONE = {"done": True, "step": 9}
TRANSIENT = ("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException")


def look_again(step: int, wait_until: str) -> dict[str, object]:
    return {"done": False, "step": step, "wait_until": wait_until}


def test_a_phone_that_called_meanwhile_is_looked_at_once(interpreter: Interpreter) -> None:
    ended = interpreter.run(MACHINE, SILENCE, scripted(DONE))
    assert ended.status == "SUCCEEDED"
    assert interpreter.calls == [SILENCE | {"step": 0}]
    assert interpreter.waits == []


def test_each_look_goes_on_from_the_step_before_at_the_instant_it_named(interpreter: Interpreter) -> None:
    task = scripted(
        look_again(1, "2027-01-15T08:00:30.000Z"),
        look_again(2, "2027-01-15T08:02:30.500Z"),
        look_again(2, "2027-01-15T08:12:30.000Z"),
        DONE,
    )
    assert interpreter.run(MACHINE, SILENCE, task).status == "SUCCEEDED"
    assert interpreter.calls == [SILENCE | {"step": step} for step in (0, 1, 2, 2)]
    assert interpreter.waits == ["2027-01-15T08:00:30.000Z", "2027-01-15T08:02:30.500Z", "2027-01-15T08:12:30.000Z"]


@pytest.mark.parametrize("error", TRANSIENT)
def test_a_lambda_service_that_is_busy_is_asked_again_eight_times(interpreter: Interpreter, error: str) -> None:
    task = scripted(*[TaskError(error)] * 8, DONE)
    assert interpreter.run(MACHINE, SILENCE, task).status == "SUCCEEDED"
    assert interpreter.pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert interpreter.jitter == [(0, pause) for pause in interpreter.pauses]
    assert interpreter.calls == [SILENCE | {"step": 0}] * 9


@pytest.mark.parametrize("error", ["ClientError", "ReadTimeoutError", "Sandbox.Timedout", "KeyError"])
def test_any_other_failure_is_retried_five_times_with_growing_pauses(interpreter: Interpreter, error: str) -> None:
    task = scripted(*[TaskError(error)] * 5, DONE)
    assert interpreter.run(MACHINE, SILENCE, task).status == "SUCCEEDED"
    assert interpreter.pauses == [10, 30, 90, 270, 300]
    assert interpreter.jitter == [(0, pause) for pause in interpreter.pauses]


def test_every_look_has_its_own_retries(interpreter: Interpreter) -> None:
    again = look_again(1, "2027-01-15T08:00:30.000Z")
    task = scripted(*[TaskError("ClientError")] * 5, again, *[TaskError("ClientError")] * 5, DONE)
    assert interpreter.run(MACHINE, SILENCE, task).status == "SUCCEEDED"
    assert interpreter.pauses == [10, 30, 90, 270, 300] * 2
    assert [call["step"] for call in interpreter.calls] == [0] * 6 + [1] * 6


@pytest.mark.parametrize(("error", "tries"), [("ClientError", 6), ("Lambda.ServiceException", 9)])
def test_an_execution_that_gives_up_names_the_error_and_what_follows(
    interpreter: Interpreter, error: str, tries: int
) -> None:
    ended = interpreter.run(MACHINE, SILENCE, scripted(*[TaskError(error)] * tries))
    assert (ended.status, ended.error) == ("FAILED", error)
    assert ended.cause == (
        "recover_phone failed after all its retries; the last error is in this execution's history and in the "
        "function's log. The sweep starts the next try."
    )
    assert len(interpreter.calls) == tries


def test_an_answer_without_an_instant_fails_the_execution_instead_of_looping(interpreter: Interpreter) -> None:
    task = scripted(look_again(1, "2027-01-15T08:00:30.000Z"), {"done": False, "step": 2})
    ended = interpreter.run(MACHINE, SILENCE, task)
    assert ended.status == "FAILED"
    assert len(interpreter.calls) == 2
