"""Claims, leases and acceptance (protocol §6)."""

from __future__ import annotations

from dev.phone.times import to_wire
from tests.dev.phone.world import World


def test_a_direct_job_is_sent_and_reported_with_two_calls(world: World) -> None:
    world.server.grant = "direct"
    world.server.submit("msg_1")
    before = len(world.server.callbacks())
    world.wake()
    world.run(0.9)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    world.run(60)
    assert "job.delivered" in world.server.types("msg_1")
    assert len(world.server.callbacks()) - before <= 3


def test_the_radio_is_untouched_until_the_acceptance_is_acknowledged(world: World) -> None:
    world.server.submit("msg_1")
    world.server.rejections["lease.accepted"] = {"code": "try_later", "permanent": False}
    world.wake()
    world.run(600)
    assert world.radio_calls() == []
    del world.server.rejections["lease.accepted"]
    world.run(901)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_one_acceptance_speaks_for_the_whole_lease(world: World) -> None:
    for number in range(3):
        world.server.submit(f"msg_{number}")
    world.wake()
    world.run(30)
    (accepted,) = [event for event in world.server.events.values() if event["type"] == "lease.accepted"]
    assert accepted["lease_epoch"] == accepted["data"]["lease_epoch"] == 1
    assert accepted["data"]["job_ids"] == ["msg_0", "msg_1", "msg_2"]
    assert len(world.radio_calls()) == 3


def test_an_acceptance_travels_at_the_latest_half_way_through_the_lease(world: World) -> None:
    world.server.submit("msg_1", in_seconds=1_000)
    world.wake()
    world.run(149)
    assert "lease.accepted" not in world.server.types()
    world.run(2)
    assert "lease.accepted" in world.server.types()
    assert world.radio_calls() == []


def test_a_claim_whose_answer_was_lost_is_repeated_with_the_same_id(world: World) -> None:
    world.server.submit("msg_1")
    world.server.lose_answer(times=2)
    world.wake()
    world.run(120)
    claims = [body["claim"]["claim_id"] for body in world.server.callbacks() if "claim" in body]
    assert claims[1] == claims[2] == claims[3]
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_the_claim_says_how_much_fits(world: World) -> None:
    world.server.config = {"rev": 2, "max_jobs": 5, "sims": [{"sim_id": "sim_a_1", "per_day": 3}]}
    world.server.extra = {"config": world.server.config}
    world.wake()
    world.run(1)
    world.wake()
    world.run(1)
    claim = world.server.callbacks()[-1]["claim"]
    assert claim["max"] == 5
    assert claim["sims"][0] == {
        "slot": 0, "sim_id": "sim_a_1", "state": "in_service", "free_segments": 3, "day_left": 3,
    }  # fmt: skip
    assert claim["sims"][1]["free_segments"] == 800
    assert world.server.callbacks()[-1]["health"]["config_rev"] == 2


def test_jobs_in_hand_leave_less_room(world: World) -> None:
    for number in range(4):
        world.server.submit(f"msg_{number}", in_seconds=2_000)
    world.wake()
    world.run(1)
    world.wake()
    world.run(1)
    assert world.server.callbacks()[-1]["claim"]["max"] == 6


def test_the_last_result_and_the_next_claim_share_a_call(world: World) -> None:
    world.server.grant = "direct"
    world.server.next_poll_seconds = 900
    world.server.submit("msg_1", report="poll", delivery_report=False)
    world.wake()
    world.run(0.1)
    world.server.submit("msg_2", report="poll", delivery_report=False)
    before = len(world.server.callbacks())
    world.run(10)
    shared = world.server.callbacks()[before]
    assert [event["type"] for event in shared["events"]] == ["job.sent"]
    assert "claim" in shared
    assert world.radio_calls() == [("msg_1", 1, 1), ("msg_2", 1, 1)]


def test_an_idle_phone_claims_no_oftener_than_it_is_told(world: World) -> None:
    world.server.next_poll_seconds = 90
    before = len(world.server.callbacks())
    world.run(900)
    assert 1 <= len(world.server.callbacks()) - before <= 11


def test_claim_again_now_is_obeyed_while_there_are_jobs(world: World) -> None:
    world.server.grant = "direct"
    world.server.next_poll_seconds = 0
    for number in range(3):
        world.server.submit(f"msg_{number}")
    world.server.config["max_jobs"] = 1
    world.server.extra = {"config": {**world.server.config, "rev": 3}}
    world.wake()
    world.run(12)
    assert len(world.radio_calls()) == 3


def test_urgent_work_goes_before_bulk(world: World) -> None:
    for number, priority in enumerate((0, 1, 2)):
        world.server.submit(f"msg_{number}", priority=priority)
    world.wake()
    world.run(60)
    assert [job_id for job_id, _, _ in world.radio_calls()] == ["msg_2", "msg_1", "msg_0"]


def test_a_slot_in_the_future_is_kept(world: World) -> None:
    world.server.submit("msg_1", in_seconds=120)
    world.wake()
    started = world.time.now_ms
    world.run(200)
    (call,) = world.radio.log()
    assert call.at_ms == started + 120_000
    assert world.server.data("job.sent")["times"]["sending"] == to_wire(call.at_ms)
