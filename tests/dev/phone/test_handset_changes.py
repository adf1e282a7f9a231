"""SIMs, service, permissions and force-stop around the hand-off (protocol §8, §23.1 V08, V12, V21, V22)."""

from __future__ import annotations

from dev.phone.handset import SEND_SMS
from dev.phone.sims import Service, Sim
from tests.dev.phone.world import World


def test_out_of_service_waits_and_does_not_spend_the_attempt(world: World) -> None:
    world.tray.service[0] = Service.OUT_OF_SERVICE
    world.send()
    world.run(300)
    assert world.radio_calls() == []
    world.tray.service[0] = Service.IN_SERVICE
    world.run(10)
    assert world.server.types("msg_1")[-1] == "job.delivered"


def test_airplane_mode_waits_too(world: World) -> None:
    world.tray.is_airplane = True
    world.send()
    world.run(60)
    assert world.server.callbacks()[-1]["health"]["net"] == "wifi"
    world.tray.is_airplane = False
    world.run(10)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_a_sim_that_waits_does_not_hold_up_the_other(world: World) -> None:
    world.tray.service[0] = Service.OUT_OF_SERVICE
    world.server.submit("msg_1")
    world.send("msg_2", sim={"slot": 1, "sim_id": "sim_a_2"})
    world.run(30)
    assert world.radio_calls() == [("msg_2", 1, 1)]
    assert world.radio.log()[0].slot == 1


def test_another_sim_in_the_slot_is_never_used(world: World) -> None:
    world.tray.insert(0, Sim("sim_other", "Other", "00103"))
    world.send()
    world.run(30)
    assert world.radio_calls() == []
    error = world.server.data("job.failed")["error"]
    assert (error["name"], error["class"]) == ("SIM_NOT_PRESENT", "not_submitted")


def test_a_pulled_sim_gives_its_waiting_jobs_back(world: World) -> None:
    world.send(in_seconds=600)
    world.run(300)
    world.tray.remove(0)
    world.run(10)
    assert world.server.data("job.released") == {"reason": "sim_gone"}
    assert world.server.data("alert")["code"] == "sim_changed"
    assert world.radio_calls() == []


def test_a_sim_that_moved_slots_waits_for_the_owner(world: World) -> None:
    moved, other = world.tray.sims[0], world.tray.sims[1]
    world.send(in_seconds=600)
    world.run(300)
    world.tray.sims = {0: other, 1: moved}
    world.wake()
    world.run(10)
    assert world.server.data("job.released") == {"reason": "sim_gone"}
    calls = len(world.server.callbacks())
    world.run(1_000)
    assert all("claim" not in body for body in world.server.callbacks()[calls:])
    world.phone.confirm_sims()
    world.send("msg_2", sim={"slot": 1, "sim_id": "sim_a_1"})
    world.run(30)
    assert world.radio_calls() == [("msg_2", 1, 1)]


def test_a_changed_sim_is_reported_once(world: World) -> None:
    world.tray.remove(1)
    world.run(2_000)
    assert world.server.types().count("alert") == 1


def test_a_revoked_permission_gives_jobs_back_and_stops_claims(world: World) -> None:
    world.send(in_seconds=600)
    world.run(300)
    world.handset.permissions.discard(SEND_SMS)
    world.wake()
    world.run(30)
    assert world.server.data("alert")["code"] == "permission_lost"
    assert world.server.data("job.released") == {"reason": "paused"}
    assert world.server.callbacks()[-1]["health"]["missing"] == ["SEND_SMS"]
    calls = len(world.server.callbacks())
    world.send("msg_2")
    world.run(2_000)
    assert all("claim" not in body for body in world.server.callbacks()[calls:])
    assert world.radio_calls() == []
    world.handset.permissions.add(SEND_SMS)
    world.run(910)
    assert world.radio_calls() == [("msg_2", 1, 1)]


def test_a_force_stopped_phone_does_nothing_until_it_is_opened(world: World) -> None:
    world.send(in_seconds=100)
    world.run(96)
    world.handset.force_stop()
    world.wake()
    calls = len(world.server.callbacks())
    world.run(3_000)
    assert len(world.server.callbacks()) == calls
    assert world.radio_calls() == []
    world.handset.open_app()
    world.restart()
    world.run(10)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_an_agreement_from_afar_counts_once_and_only_for_the_card_that_is_there(world: World) -> None:
    world.run(10)
    moved = world.tray.remove(0)
    assert moved is not None
    world.tray.sims = {1: moved}
    app = world.phone.app
    assert [sim["slot"] for sim in app.sim_watch.unconfirmed()] == [1]
    with app.store.transaction():
        answers = [app.sim_watch.agree(slot, moved.sim_id) for slot in (0, 1, 1)]
    assert answers == [False, True, False]
    assert app.sim_watch.unconfirmed() == []
