"""Jobs that come again, go away, or were never there (protocol §6, §12, §13)."""

from __future__ import annotations

import pytest

from dev.phone.fates import Fate
from dev.phone.kill_points import KillPoint
from tests.dev.phone.world import World


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
    world.send(in_seconds=60)
    world.run(56)
    world.server.reoffer = [{**lease[0], "lease_epoch": 0} for lease in world.server.leases.values() if lease]
    world.wake()
    world.run(60)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert world.server.types().count("lease.accepted") == 1
    assert {event["lease_epoch"] for event in world.server.events.values()} == {1}


@pytest.mark.parametrize(
    ("point", "times_on_the_radio"), [(KillPoint.AFTER_HANDING_OFF, 0), (KillPoint.AFTER_RADIO, 1)]
)
@pytest.mark.parametrize("grant", ["confirm", "direct"])
def test_a_job_that_died_in_the_hand_off_is_not_sent_again_when_it_is_offered_again(
    world: World, point: KillPoint, times_on_the_radio: int, grant: str
) -> None:
    world.server.grant = grant
    world.radio.fates.script("+15005550006", Fate(result=None, tp_statuses=(), sent_box="missing"))
    world.send(to="+15005550006")
    world.run_until_killed(point)
    world.restart()
    world.send(to="+15005550006")
    world.run(1_000)
    assert len(world.radio_calls()) == times_on_the_radio
    assert world.server.types("msg_1")[-1] == "job.unknown"
    newest = list(world.server.events.values())[-1]
    assert newest["lease_epoch"] == 2


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
