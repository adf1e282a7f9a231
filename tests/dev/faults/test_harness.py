"""The harness itself: a fault does what it says, and a guard that is taken away is missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import pytest

from dev.faults.invariants import broken_invariants
from dev.faults.random_plan import Plan, Size
from dev.faults.runtime import Runtime
from dev.faults.scenarios import TABLES, Outcome, Scenario, play, read_table
from dev.faults.stage import Stage, add_phones
from dev.faults.storage import WriteFault
from dev.faults.world import World, new_world
from dev.phone.answers import Answers
from dev.phone.broadcasts import SentResult
from dev.phone.pacing import Pacing
from roost.storage import transactions
from roost.usecases import store_inbound


def scenario(name: str) -> Scenario:
    return next(found for table in TABLES for found in read_table(table) if found.name == name)


@contextmanager
def staged(runtime: Runtime, *phones: str) -> Iterator[Stage]:
    with new_world(runtime, 1) as world:
        stage = Stage(world)
        add_phones(stage, [{"id": name} for name in phones])
        yield stage


def submit(world: World, **members: object) -> int:
    return world.caller.submit({"to": "+15005550001", "body": "hi", **members})


def broken(stage: Stage) -> set[str]:
    return {line.split(":")[0] for line in broken_invariants(stage, frozenset())}


@pytest.mark.parametrize(
    "name", ["claim_response_lost", "killed_after_store", "inbound_offline", "server_dies_in_claim"]
)
def test_a_scenario_of_each_family_passes(runtime: Runtime, name: str) -> None:
    assert play(runtime, scenario(name)).failures == ()


def test_time_jumps_to_what_is_due_and_no_further_than_asked(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        world, seen = stage.world, []
        begin = world.time.now_ms
        world.agenda.add(begin + 500, lambda: seen.append(world.time.now_ms))
        world.run(2)
        assert seen == [begin + 500]
        assert world.time.now_ms == begin + 2_000


def test_a_killed_function_leaves_the_write_it_died_after(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        runtime.storage.faults.append(WriteFault("kill_after", write=1, function="send_message"))
        number = submit(stage.world)
        stage.world.run(60)
        assert stage.world.history.last(number)["status"] == "delivered"
        assert any("send_message was killed" in line for line in stage.world.lines)


def test_a_function_killed_before_its_write_leaves_nothing(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        runtime.storage.faults.append(WriteFault("kill_before", write=1, function="send_message", times=1_000))
        with pytest.raises(AssertionError, match="POST /v1/sms/send: 500"):
            submit(stage.world)
        stage.world.run(60)
        assert stage.world.history.versions == {}


def test_a_random_plan_is_the_same_for_the_same_seed() -> None:
    size = Size(phones=5, messages=50)
    assert Plan(size, "7").steps() == Plan(size, "7").steps()
    assert Plan(size, "7").steps() != Plan(size, "8").steps()


def test_a_second_radio_call_for_one_attempt_is_noticed(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        number = submit(stage.world)
        stage.world.run(60)
        device = stage.world.devices["A"]
        again = (f"msg_{number}", 1), (0, device.tray.sims[0]), ("+15005550001", "hi")
        device.radio.send(*again, parts=1, wants_report=False)
        assert "I1" in broken(stage)


def test_a_message_without_an_end_is_noticed(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        stage.world.devices["A"].app.network_changed(None)
        submit(stage.world)
        stage.world.run(60)
        assert "I3" in broken(stage)


def test_a_text_that_did_not_reach_the_server_is_noticed(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        device = stage.world.devices["A"]
        device.app.network_changed(None)
        device.radio.receive("+34600111222", "lost?", "sim_A_0")
        stage.world.run(60)
        assert "I7" in broken(stage)


def test_a_result_the_server_was_not_told_is_noticed(runtime: Runtime) -> None:
    with staged(runtime, "A") as stage:
        number = submit(stage.world)
        stage.world.run(0.2)
        device = stage.world.devices["A"]
        with mock.patch("dev.phone.outbox.Outbox.add", return_value="evt_none"):
            device.radio.broadcast(SentResult(f"msg_{number}", 1, 1, -1))
            device.touch()
            stage.world.run(60)
        assert "I8" in broken(stage)


def guard_is_missed(runtime: Runtime, name: str, *patches: object) -> Outcome:
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)  # type: ignore[arg-type]
        return play(runtime, scenario(name))


def test_without_the_record_of_received_events_a_text_comes_twice(runtime: Runtime) -> None:
    def unguarded(account: str, phone: int, event_id: str, now: int) -> dict[str, object]:
        return {**transactions.inbound_record(account, phone, f"{event_id}#{now}", now)}

    outcome = guard_is_missed(
        runtime, "inbound_killed_after_each_write", mock.patch.object(store_inbound, "inbound_record", unguarded)
    )
    assert any(line.startswith("I7") for line in outcome.failures)


def test_without_the_acknowledged_acceptance_a_job_leaves_without_right(runtime: Runtime) -> None:
    def hasty(self: Answers, offered: object) -> bool:
        return original(self, offered.model_copy(update={"grant": "direct"}))  # type: ignore[attr-defined]

    original = Answers._take_job
    outcome = guard_is_missed(runtime, "accept_request_lost", mock.patch.object(Answers, "_take_job", hasty))
    assert any(line.startswith("I2") for line in outcome.failures)


def test_without_the_governor_the_phone_sends_too_fast(runtime: Runtime) -> None:
    outcome = guard_is_missed(
        runtime, "pacing_counts_segments", mock.patch.object(Pacing, "package_wait_ms", return_value=0)
    )
    assert any(line.startswith("I10") for line in outcome.failures)


def test_without_the_fingerprint_a_repeated_broadcast_becomes_two_texts(runtime: Runtime) -> None:
    numbers = iter(range(1_000))
    with mock.patch("dev.phone.inbound.fingerprint", side_effect=lambda _sms: str(next(numbers))):
        outcome = play(runtime, scenario("inbound_broadcast_repeated"))
    assert any(line.startswith("I7") for line in outcome.failures)
