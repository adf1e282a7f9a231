"""The release_scheduled machine: it waits for its minute and then releases page by page."""

from __future__ import annotations

import pytest

from tests.statemachines.interpreter import Interpreter, TaskError
from tests.statemachines.scripts import scripted

MACHINE = "ReleaseScheduledMachine"
MINUTE = {"account": "acc0123456789", "minute": "202701150800"}
GIVEN = MINUTE | {"at": "2027-01-15T08:00:00.000Z"}
LAST_PAGE = {"released": 3, "more": False}
FULL_PAGE = {"released": 100, "more": True}


def test_nothing_is_released_before_its_minute(interpreter: Interpreter) -> None:
    waited_before_a_call: list[int] = []

    def task(_: object) -> object:
        waited_before_a_call.append(len(interpreter.waits))
        return LAST_PAGE

    assert interpreter.run(MACHINE, GIVEN, task).status == "SUCCEEDED"
    assert interpreter.waits == [GIVEN["at"]]
    assert waited_before_a_call == [1]
    assert interpreter.calls == [MINUTE]


def test_pages_follow_one_another_without_another_wait(interpreter: Interpreter) -> None:
    ended = interpreter.run(MACHINE, GIVEN, scripted(FULL_PAGE, FULL_PAGE, LAST_PAGE))
    assert ended.status == "SUCCEEDED"
    assert interpreter.calls == [MINUTE] * 3
    assert interpreter.waits == [GIVEN["at"]]


def test_a_page_that_failed_is_asked_for_again_and_the_next_one_has_its_own_retries(interpreter: Interpreter) -> None:
    failing = [TaskError("ClientError")] * 5
    ended = interpreter.run(MACHINE, GIVEN, scripted(*failing, FULL_PAGE, *failing, LAST_PAGE))
    assert ended.status == "SUCCEEDED"
    assert interpreter.pauses == [10, 30, 90, 270, 300] * 2


def test_a_lambda_service_that_is_busy_is_asked_again_eight_times(interpreter: Interpreter) -> None:
    busy = [TaskError("Lambda.TooManyRequestsException")] * 8
    assert interpreter.run(MACHINE, GIVEN, scripted(*busy, LAST_PAGE)).status == "SUCCEEDED"
    assert interpreter.pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert interpreter.jitter == [(0, pause) for pause in interpreter.pauses]


@pytest.mark.parametrize(("error", "tries"), [("ClientError", 6), ("Lambda.ServiceException", 9)])
def test_an_execution_that_gives_up_names_the_error_and_what_follows(
    interpreter: Interpreter, error: str, tries: int
) -> None:
    ended = interpreter.run(MACHINE, GIVEN, scripted(*[TaskError(error)] * tries))
    assert (ended.status, ended.error) == ("FAILED", error)
    assert ended.cause == (
        "release_scheduled failed after all its retries; the last error is in this execution's history and in the "
        "function's log. The sweep starts the next try."
    )
    assert len(interpreter.calls) == tries
