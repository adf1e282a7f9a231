"""The machines of campaigns and imports: they wait until they are wanted, then call until the function is done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.statemachines.interpreter import Interpreter, TaskError
from tests.statemachines.scripts import scripted

CAMPAIGN: dict[str, Any] = {"account": "acc0123456789", "campaign": 3, "epoch": 2}
IMPORT: dict[str, Any] = {"account": "acc0123456789", "number": 3}
BEGIN, LATER = "2027-01-15T08:00:00.000Z", "2027-01-15T08:10:00.000Z"
MACHINES = pytest.mark.parametrize(
    ("machine", "given", "function"),
    [("RunCampaignMachine", CAMPAIGN, "run_campaign"), ("ImportContactsMachine", IMPORT, "import_contacts")],
)


@MACHINES
def test_it_looks_again_when_the_function_says_and_ends_when_it_is_done(
    interpreter: Interpreter, machine: str, given: dict[str, Any], function: str
) -> None:
    again = {"done": False, "wait_until": LATER}
    ended = interpreter.run(machine, given | {"wait_until": BEGIN}, scripted(again, again, {"done": True}))
    assert ended.status == "SUCCEEDED"
    assert interpreter.calls == [given] * 3
    assert interpreter.waits == [BEGIN, LATER, LATER]


@MACHINES
def test_what_fails_is_asked_again_and_then_says_what_follows(
    interpreter: Interpreter, machine: str, given: dict[str, Any], function: str
) -> None:
    failing = [TaskError("ClientError")] * 6
    ended = interpreter.run(machine, given | {"wait_until": BEGIN}, scripted(*failing))
    assert (ended.status, ended.error) == ("FAILED", "ClientError")
    assert interpreter.pauses == [10, 30, 90, 270, 300]
    assert ended.cause == (
        f"{function} failed after all its retries; the last error is in this execution's history and in the function's "
        "log. The sweep starts the next try."
    )
