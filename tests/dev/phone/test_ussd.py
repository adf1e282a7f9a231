"""USSD codes and missed calls on the virtual phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.phone.fates import UssdFate
from dev.phone.kill_points import KillPoint
from tests.dev.phone.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.pair()
    yield made
    made.close()


def run_code(world: World, job_id: str = "msg_1", code: str = "*100#") -> None:
    world.send(job_id, kind="ussd", to="", text="", ussd={"code": code})


def test_the_networks_answer_is_reported_at_once(world: World) -> None:
    world.radio.fates.ussd = UssdFate("Balance: 5")
    run_code(world)
    world.run(5)
    assert [(call.job_id, call.recipient) for call in world.radio.log()] == [("msg_1", "*100#")]
    data = world.server.data("ussd.result")
    assert (data["ok"], data["text"], data["error"]) == (True, "Balance: 5", None)


@pytest.mark.parametrize(("code", "name"), [(-1, "USSD_RETURN_FAILURE"), (-2, "USSD_ERROR_SERVICE_UNAVAIL")])
def test_a_failure_is_reported_with_androids_number(world: World, code: int, name: str) -> None:
    world.radio.fates.ussd = UssdFate(None, code)
    run_code(world)
    world.run(5)
    data = world.server.data("ussd.result")
    assert (data["ok"], data["error"]) == (False, {"name": name, "code": code})


def test_a_code_without_an_answer_is_unknown_after_a_minute(world: World) -> None:
    world.radio.fates.ussd = UssdFate(None)
    run_code(world)
    world.run(59)
    assert "job.unknown" not in world.server.types()
    world.run(5)
    assert world.server.data("job.unknown")["reason"] == "no_result"


def test_an_answer_that_comes_after_all_corrects_it(world: World) -> None:
    world.radio.fates.ussd = UssdFate("late", after_seconds=90)
    run_code(world)
    world.run(120)
    assert world.server.types("msg_1")[-2:] == ["job.unknown", "ussd.result"]


def test_two_codes_run_one_after_the_other(world: World) -> None:
    world.radio.fates.ussd = UssdFate("ok", after_seconds=20)
    run_code(world, "msg_1", "*1#")
    run_code(world, "msg_2", "*2#")
    world.run(15)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    world.run(60)
    assert world.radio_calls() == [("msg_1", 1, 1), ("msg_2", 1, 1)]
    assert world.server.types().count("ussd.result") == 2


def test_a_code_that_was_running_when_the_app_died_is_never_run_again(world: World) -> None:
    world.radio.fates.ussd = UssdFate(None)
    run_code(world)
    world.run_until_killed(KillPoint.AFTER_RADIO)
    world.restart()
    world.run(180)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert world.server.data("job.unknown")["reason"] == "killed_in_handoff"


def test_a_code_costs_no_segment(world: World) -> None:
    run_code(world)
    world.run(10)
    assert world.phone.app.store.count("SELECT count(*) FROM governor") == 0


def test_a_missed_call_is_one_event_with_its_sim(world: World) -> None:
    world.radio.miss_call("+34600111222", "sim_a_2")
    world.radio.miss_call(None, "sim_a_1")
    world.run(5)
    calls = [event["data"] for event in world.server.events.values() if event["type"] == "call.missed"]
    assert calls == [{"from": "+34600111222", "sim_id": "sim_a_2"}, {"from": None, "sim_id": "sim_a_1"}]
