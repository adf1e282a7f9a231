"""Starting executions: a start that is repeated is the same execution, one that failed is followed by the next try."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from roost.outbound import executions as outbound
from roost.outbound.executions import Executions, Machines, NoTryLeft, start
from tests.dev.cloud.steps import until
from tests.statemachines.interpreter import Interpreter, TaskError
from tests.statemachines.scripts import scripted

RECOVER, RELEASE = "RecoverPhoneMachine", "ReleaseScheduledMachine"
ACCOUNT = "acc0123456789"
SINCE = 1_800_000_000_999
RECOVERY = f"rec-{ACCOUNT}-7-1800000000"
DONE = {"done": True, "step": 0}


@pytest.fixture
def executions(interpreter: Interpreter) -> Executions:
    campaigns = ("RunCampaignMachine", "ImportContactsMachine")
    machines = (RECOVER, RELEASE, "RetryWebhookMachine", *campaigns, "RetryHighlevelMachine")
    return Executions(interpreter.client, Machines(*(interpreter.machines[machine] for machine in machines)))


@pytest.fixture
def held(interpreter: Interpreter) -> Iterator[threading.Event]:
    """Tasks that do not answer until the event is set: their executions run."""
    may_end = threading.Event()
    interpreter.task = lambda _: DONE if may_end.wait(20) else None
    yield may_end
    may_end.set()
    settle(interpreter)  # an execution that outlived its test would call the functions of the next one


def settle(interpreter: Interpreter, machine: str = RECOVER) -> dict[str, str]:
    """Name -> status once no execution runs any more."""
    arn = interpreter.machines[machine].replace(":stateMachine:", ":execution:")
    for name in interpreter.executions(machine):
        interpreter.until_ended(f"{arn}:{name}")
    return interpreter.executions(machine)


def test_a_recovery_is_named_after_the_phone_and_its_silence(executions: Executions, interpreter: Interpreter) -> None:
    interpreter.task = scripted(DONE)
    executions.recover_phone(ACCOUNT, 7, SINCE)
    assert settle(interpreter) == {f"{RECOVERY}-1": "SUCCEEDED"}
    assert interpreter.calls == [{"account": ACCOUNT, "phone": 7, "since": SINCE, "step": 0}]


def test_a_release_is_named_after_its_minute_and_waits_until_it_begins(
    executions: Executions, interpreter: Interpreter
) -> None:
    interpreter.task = scripted({"released": 1, "more": False})
    executions.release_scheduled(ACCOUNT, "202701150801")
    assert settle(interpreter, RELEASE) == {f"sched-{ACCOUNT}-202701150801-1": "SUCCEEDED"}
    assert interpreter.calls == [{"account": ACCOUNT, "minute": "202701150801"}]
    assert interpreter.waits == ["2027-01-15T08:01:00.000Z"]


def test_a_minute_in_another_spelling_starts_nothing(executions: Executions, interpreter: Interpreter) -> None:
    with pytest.raises(ValueError, match="2027-01-15"):
        executions.release_scheduled(ACCOUNT, "2027-01-15T08:01")
    assert interpreter.executions(RELEASE) == {}


def test_a_silence_has_one_execution_however_often_it_is_seen(
    executions: Executions, interpreter: Interpreter, held: threading.Event
) -> None:
    for _ in range(3):
        executions.recover_phone(ACCOUNT, 7, SINCE)
    assert interpreter.executions(RECOVER) == {f"{RECOVERY}-1": "RUNNING"}
    held.set()
    assert settle(interpreter) == {f"{RECOVERY}-1": "SUCCEEDED"}
    executions.recover_phone(ACCOUNT, 7, SINCE)
    assert interpreter.executions(RECOVER) == {f"{RECOVERY}-1": "SUCCEEDED"}


def test_a_running_execution_of_another_input_counts_as_started(
    interpreter: Interpreter, held: threading.Event
) -> None:
    """AWS says ExecutionAlreadyExists to it; the local engine says so to the same input, too."""
    machine = interpreter.machines[RECOVER]
    assert start(interpreter.client, machine, "rec", {"since": 1})
    assert not start(interpreter.client, machine, "rec", {"since": 2})
    assert interpreter.executions(RECOVER) == {"rec-1": "RUNNING"}


@pytest.mark.parametrize("how", ["FAILED", "ABORTED"])
def test_an_execution_that_ended_badly_is_followed_by_the_next_try(
    executions: Executions, interpreter: Interpreter, held: threading.Event, how: str
) -> None:
    if how == "FAILED":
        interpreter.task = scripted(*[TaskError("ClientError")] * 6)
    executions.recover_phone(ACCOUNT, 7, SINCE)
    if how == "ABORTED":
        until(lambda: bool(interpreter.calls))
        arn = interpreter.machines[RECOVER].replace(":stateMachine:", ":execution:")
        interpreter.client.stop_execution(executionArn=f"{arn}:{RECOVERY}-1")
        held.set()
    assert settle(interpreter) == {f"{RECOVERY}-1": how}
    interpreter.task = scripted(DONE)
    executions.recover_phone(ACCOUNT, 7, SINCE)
    assert settle(interpreter) == {f"{RECOVERY}-1": how, f"{RECOVERY}-2": "SUCCEEDED"}
    executions.recover_phone(ACCOUNT, 7, SINCE)
    assert len(interpreter.executions(RECOVER)) == 2


def test_the_next_silence_of_the_same_phone_is_another_execution(
    executions: Executions, interpreter: Interpreter
) -> None:
    interpreter.task = lambda _: DONE
    executions.recover_phone(ACCOUNT, 7, SINCE)
    executions.recover_phone(ACCOUNT, 7, SINCE + 60_000)
    assert set(settle(interpreter)) == {f"{RECOVERY}-1", f"rec-{ACCOUNT}-7-1800000060-1"}


def test_when_every_try_failed_the_error_says_so(
    executions: Executions, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "MAX_TRIES", 2)
    for _ in range(2):
        interpreter.task = scripted(*[TaskError("ClientError")] * 6)
        executions.recover_phone(ACCOUNT, 7, SINCE)
        settle(interpreter)
    with pytest.raises(NoTryLeft, match=rf"2 executions named {RECOVERY}-<try> .* failed"):
        executions.recover_phone(ACCOUNT, 7, SINCE)


def test_a_name_whose_execution_is_no_longer_known_is_followed_by_the_next_try(interpreter: Interpreter) -> None:
    """AWS forgets a closed execution before it lets its name be used again; moto keeps both, so this is its wire."""
    machine = interpreter.machines[RECOVER]
    with Stubber(interpreter.client) as wire:
        wire.add_client_error("start_execution", "ExecutionAlreadyExists")
        wire.add_client_error("describe_execution", "ExecutionDoesNotExist")
        wire.add_response(
            "start_execution",
            {"executionArn": "arn", "startDate": datetime(2027, 1, 15, tzinfo=UTC)},
            {"stateMachineArn": machine, "name": "rec-2", "input": "{}"},
        )
        assert start(interpreter.client, machine, "rec", {})
        wire.assert_no_pending_responses()


def test_a_machine_that_does_not_exist_is_an_error_and_no_start(interpreter: Interpreter) -> None:
    missing = interpreter.machines[RECOVER] + "-other"
    with pytest.raises(interpreter.client.exceptions.StateMachineDoesNotExist):
        start(interpreter.client, missing, "rec", {})
