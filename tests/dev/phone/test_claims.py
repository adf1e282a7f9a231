"""Claims, leases, acceptance and re-offers (protocol §6, §13)."""

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


def test_a_lost_lease_is_deleted_and_never_sent(world: World) -> None:
    world.server.submit("msg_1", text="secret text")
    world.server.rejections["lease.accepted"] = {"code": "lease_lost", "permanent": True}
    world.wake()
    world.run(3_600)
    assert world.radio_calls() == []
    assert world.phone.app.jobs.get("msg_1", 1).text is None  # type: ignore[union-attr]
    assert world.server.callbacks()[-1]["health"]["quarantined"] == 1


def test_a_lost_job_that_comes_back_under_a_new_lease_is_sent_once(world: World) -> None:
    world.server.submit("msg_1")
    world.server.rejections["lease.accepted"] = {"code": "lease_lost", "permanent": True}
    world.wake()
    world.run(10)
    world.server.rejections.clear()
    world.server.submit("msg_1", text="again")
    world.wake()
    world.run(60)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert world.server.types("msg_1")[-1] == "job.delivered"


def test_a_claim_whose_answer_was_lost_is_repeated_with_the_same_id(world: World) -> None:
    world.server.submit("msg_1")
    world.server.lose_answer(times=2)
    world.wake()
    world.run(120)
    claims = [body["claim"]["claim_id"] for body in world.server.callbacks() if "claim" in body]
    assert claims[1] == claims[2] == claims[3]
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_a_known_job_offered_again_repeats_its_state_and_leaves_the_radio_alone(world: World) -> None:
    world.server.submit("msg_1")
    world.wake()
    world.run(60)
    world.server.submit("msg_1")
    world.wake()
    world.run(60)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    repeated = [event for event in world.server.events.values() if event["type"] == "job.delivered"]
    assert [event["lease_epoch"] for event in repeated] == [1, 2]


def test_a_job_on_the_radio_offered_again_is_reported_as_sending(world: World) -> None:
    world.server.submit("msg_1", to="+15005550006")
    world.wake()
    world.run(5)
    world.server.submit("msg_1", to="+15005550006")
    world.wake()
    world.run(5)
    sending = [event for event in world.server.events.values() if event["type"] == "job.sending"]
    assert sending[-1]["lease_epoch"] == 2
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_a_waiting_job_under_a_newer_lease_needs_its_own_acceptance(world: World) -> None:
    world.server.submit("msg_1", in_seconds=30)
    world.wake()
    world.run(26)
    assert "lease.accepted" in world.server.types()
    world.server.submit("msg_1", in_seconds=30)
    world.server.rejections["lease.accepted"] = {"code": "lease_lost", "permanent": True}
    world.wake()
    world.run(120)
    assert world.radio_calls() == []


def test_an_answer_of_an_older_lease_changes_nothing(world: World) -> None:
    world.server.submit("msg_1", in_seconds=60)
    world.wake()
    world.run(56)
    world.server.reoffer = [{**lease[0], "lease_epoch": 0} for lease in world.server.leases.values() if lease]
    world.wake()
    world.run(60)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_a_new_attempt_is_another_job(world: World) -> None:
    for attempt in (1, 2):
        world.server.submit("msg_1", attempt=attempt)
        world.wake()
        world.run(60)
    assert world.radio_calls() == [("msg_1", 1, 1), ("msg_1", 2, 1)]


def test_a_reoffer_of_a_job_the_phone_never_had_is_released(world: World) -> None:
    world.server.reoffer = [{"job_id": "msg_9", "attempt": 1, "lease_epoch": 7, "reoffer": True}]
    world.wake()
    world.run(5)
    (released,) = world.server.events.values()
    assert (released["type"], released["job_id"], released["lease_epoch"]) == ("job.released", "msg_9", 7)
    assert released["data"] == {"reason": "not_held"}


def test_a_reoffer_of_a_finished_job_repeats_its_outcome(world: World) -> None:
    world.server.submit("msg_1", to="+15005550002")
    world.wake()
    world.run(30)
    world.server.events.clear()
    world.server.reoffer = [{"job_id": "msg_1", "attempt": 1, "lease_epoch": 5, "reoffer": True}]
    world.wake()
    world.run(5)
    assert world.server.types() == ["job.failed"]
    assert world.server.data("job.failed")["error"]["code"] == 10
    assert len(world.radio_calls()) == 1


def test_a_reoffer_of_a_held_job_is_answered_by_have(world: World) -> None:
    world.server.submit("msg_1", in_seconds=600)
    world.wake()
    world.run(200)
    world.server.events.clear()
    world.server.reoffer = [{"job_id": "msg_1", "attempt": 1, "lease_epoch": 1, "reoffer": True}]
    world.wake()
    world.run(1)
    world.wake()
    world.run(1)
    assert world.server.types() == []
    assert world.server.callbacks()[-1]["claim"]["have"] == ["msg_1"]


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


def test_a_cancel_in_the_answer_that_acknowledges_the_acceptance_wins(world: World) -> None:
    world.server.submit("msg_1")
    world.server.cancel = []

    def cancel_with_the_ack(request: object) -> object:
        world.server.cancel = [{"job_id": "msg_1", "attempt": 1}]
        return world.server.answer(request)  # type: ignore[arg-type]

    world.server.script(world.server.answer, cancel_with_the_ack)  # type: ignore[arg-type]
    world.wake()
    world.run(60)
    assert world.radio_calls() == []
    assert world.server.types("msg_1") == ["job.canceled"]
    assert world.phone.app.jobs.get("msg_1", 1).text is None  # type: ignore[union-attr]


def test_a_cancel_that_comes_too_late_changes_nothing(world: World) -> None:
    world.server.submit("msg_1")
    world.wake()
    world.run(0.2)
    assert len(world.radio_calls()) == 1
    world.server.cancel = [{"job_id": "msg_1", "attempt": 1}]
    world.wake()
    world.run(60)
    assert world.server.types("msg_1")[-1] == "job.delivered"
    assert "job.canceled" not in world.server.types()


def test_a_slot_in_the_future_is_kept(world: World) -> None:
    world.server.submit("msg_1", in_seconds=120)
    world.wake()
    started = world.time.now_ms
    world.run(200)
    (call,) = world.radio.log()
    assert call.at_ms == started + 120_000
    assert world.server.data("job.sent")["times"]["sending"] == to_wire(call.at_ms)
