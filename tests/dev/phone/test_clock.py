"""Clocks that are wrong, jump, drift or start over (protocol §15)."""

from __future__ import annotations

import httpx
import pytest

from dev.phone.clock import VirtualClock, VirtualTime
from dev.phone.fates import Fate
from dev.phone.times import DAY, HOUR, SECOND, to_wire
from tests.dev.phone.world import World


@pytest.mark.parametrize("offset_ms", [DAY, -DAY, 3 * HOUR])
def test_a_wrong_wall_clock_moves_neither_slot_nor_deadline(world: World, offset_ms: int) -> None:
    world.clock.wall_offset_ms = offset_ms
    world.server.submit("msg_slot", in_seconds=300)
    world.server.submit("msg_deadline", ttl=200, in_seconds=250)
    world.wake()
    start = world.time.now_ms
    world.run(400)
    (call,) = world.radio.log()
    assert (call.job_id, call.at_ms) == ("msg_slot", start + 300 * SECOND)
    assert world.server.types("msg_deadline") == ["job.expired"]
    assert world.server.data("job.sent")["times"]["sending"] == to_wire(call.at_ms + offset_ms)


def test_a_jump_in_mid_run_changes_nothing(world: World) -> None:
    world.send(in_seconds=300)
    world.run(100)
    world.clock.wall_offset_ms = 3 * HOUR
    world.run(199)
    assert world.radio_calls() == []
    world.run(2)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_step_times_stand_on_the_wall_clock_of_their_event(world: World) -> None:
    world.radio.fates.script("+15005550001", Fate(report_after_seconds=100))
    world.send()
    world.run(50)
    world.clock.wall_offset_ms = 3 * HOUR
    world.run(100)
    (delivered,) = [event for event in world.server.events.values() if event["type"] == "job.delivered"]
    (call,) = world.radio.log()
    assert delivered["data"]["times"]["sending"] == to_wire(call.at_ms + 3 * HOUR)
    assert delivered["data"]["times"]["delivered"] == delivered["at_wall"]


def test_a_repeated_outcome_keeps_the_time_it_happened(world: World) -> None:
    world.send(to="+15005550002")
    world.run(500)
    world.server.reoffer = [{"job_id": "msg_1", "attempt": 1, "lease_epoch": 9, "reoffer": True}]
    world.wake()
    world.run(5)
    first, again = [event for event in world.server.events.values() if event["type"] == "job.failed"]
    assert (first["at_wall"], first["at_elapsed"]) == (again["at_wall"], again["at_elapsed"])


def test_corrected_time_is_the_servers_plus_half_the_round_trip(world: World) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        answer = world.server.answer(request)
        world.time.advance(4)
        return answer

    world.server.script(slow)
    world.wake()
    world.run(0)
    assert world.phone.app.corrected.now_ms() == world.time.now_ms - 2 * SECOND


def test_a_slow_answer_does_not_replace_a_good_anchor(world: World) -> None:
    def very_slow(request: httpx.Request) -> httpx.Response:
        answer = world.server.answer(request)
        world.time.advance(15)
        return answer

    world.server.script(very_slow)
    world.wake()
    world.run(0)
    assert world.phone.app.corrected.now_ms() == world.time.now_ms


def test_after_a_reboot_nothing_near_its_deadline_is_sent_before_the_first_answer(world: World) -> None:
    world.server.grant = "direct"
    world.server.submit("msg_near", in_seconds=100, ttl=1_800)
    world.server.submit("msg_far", in_seconds=100, ttl=DAY // SECOND)
    world.wake()
    world.run(50)
    world.phone.network_changed(None)
    world.reboot()
    world.run(300)
    assert [job_id for job_id, _, _ in world.radio_calls()] == ["msg_far"]
    world.phone.network_changed("wifi")
    world.run(10)
    assert {job_id for job_id, _, _ in world.radio_calls()} == {"msg_far", "msg_near"}


def test_a_wall_clock_reset_by_the_reboot_expires_nothing_early(world: World) -> None:
    world.server.grant = "direct"
    world.send(in_seconds=100, ttl=1_800)
    world.run(50)
    world.phone.network_changed(None)
    world.clock.wall_offset_ms = 10 * 365 * DAY
    world.reboot()
    world.run(300)
    world.phone.network_changed("wifi")
    world.run(10)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_a_reboot_starts_elapsed_time_over_under_a_new_name() -> None:
    time = VirtualTime()
    clock = VirtualClock(time)
    before = clock.boot_id
    time.advance(100)
    clock.reboot()
    assert clock.elapsed_ms() == 0
    assert clock.boot_id != before


def test_drift_moves_the_wall_clock_and_never_elapsed_time() -> None:
    time = VirtualTime()
    clock = VirtualClock(time)
    clock.drift_ppm = 100
    wall, elapsed = clock.wall_ms(), clock.elapsed_ms()
    time.advance(10_000)
    assert clock.elapsed_ms() - elapsed == 10_000_000
    assert clock.wall_ms() - wall == 10_001_000


def test_true_time_never_goes_back() -> None:
    with pytest.raises(ValueError, match="never goes back"):
        VirtualTime().advance(-1)


def test_waiting_periods_outlive_a_reboot(world: World) -> None:
    world.send(to="+15005550006")
    world.run(60)
    world.clock.wall_offset_ms = DAY
    world.reboot()
    world.run(590)
    assert "job.unknown" not in world.server.types()
    world.run(20)
    assert world.server.types("msg_1")[-1] == "job.unknown"
