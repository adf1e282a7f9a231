"""Texts that arrive: once each, however Android hands them over (protocol §14)."""

from __future__ import annotations

from dev.phone.broadcasts import InboundSms
from dev.phone.handset import READ_SMS, RECEIVE_SMS
from dev.phone.kill_points import KillPoint
from dev.phone.times import DAY, SECOND, to_wire
from tests.dev.phone.world import World

SENDER = "+34600111222"


def texts(world: World) -> list[str]:
    return [event["data"]["text"] for event in world.server.events.values() if event["type"] == "sms.received"]


def test_a_text_is_reported_within_two_seconds(world: World) -> None:
    world.radio.receive(SENDER, "STOP", "sim_a_1")
    world.run(2)
    assert world.server.data("sms.received") == {
        "from": SENDER,
        "text": "STOP",
        "sim_id": "sim_a_1",
        "smsc_at": to_wire(world.time.now_ms // SECOND * SECOND - 2 * SECOND),
        "parts": 1,
    }
    assert any("+3460•••1222" in line for line in world.lines)
    assert not any("STOP" in line or SENDER in line for line in world.lines)


def test_the_same_text_with_another_carrier_time_is_another_message(world: World) -> None:
    at = world.time.now_ms
    world.radio.receive(SENDER, "ping", "sim_a_1", smsc_ms=at)
    world.radio.receive(SENDER, "ping", "sim_a_1", smsc_ms=at + 10 * SECOND)
    world.run(5)
    assert texts(world) == ["ping", "ping"]


def test_a_repeated_broadcast_is_one_message_also_after_a_restart(world: World) -> None:
    sms = InboundSms(1, SENDER, "ping", "sim_a_1", world.time.now_ms)
    world.radio.broadcast(sms)
    world.radio.broadcast(sms)
    world.run(5)
    world.restart()
    world.radio.broadcast(sms)
    world.run(5)
    assert texts(world) == ["ping"]


def test_a_text_in_several_parts_is_one_message(world: World) -> None:
    world.radio.receive(SENDER, "x" * 400, "sim_a_1", parts=3)
    world.run(5)
    assert texts(world) == ["x" * 400]
    assert world.server.data("sms.received")["parts"] == 3


def test_a_text_whose_receiver_was_killed_is_found_in_the_inbox(world: World) -> None:
    world.radio.receive(SENDER, "lost broadcast", "sim_a_1")
    world.run_until_killed(KillPoint.IN_RECEIVER)
    world.restart()
    world.run(5)
    assert texts(world) == ["lost broadcast"]


def test_a_withheld_text_is_found_by_the_daily_look_with_its_own_time(world: World) -> None:
    smsc = world.time.now_ms - 3 * 3_600 * SECOND
    world.radio.receive(SENDER, "withheld", "sim_a_1", is_broadcast=False, smsc_ms=smsc)
    world.run(60)
    assert texts(world) == []
    world.run(DAY / SECOND)
    assert texts(world) == ["withheld"]
    assert world.server.data("sms.received")["smsc_at"] == to_wire(smsc // SECOND * SECOND)


def test_without_read_sms_there_is_no_reconciling(world: World) -> None:
    world.handset.permissions.discard(READ_SMS)
    world.radio.receive(SENDER, "withheld", "sim_a_1", is_broadcast=False)
    world.phone.network_changed(None)
    world.run(2 * DAY / SECOND)
    world.phone.network_changed("wifi")
    world.run(5)
    assert texts(world) == []


def test_without_receive_sms_nothing_is_received(world: World) -> None:
    world.handset.permissions -= {RECEIVE_SMS, READ_SMS}
    world.radio.receive(SENDER, "nobody hears", "sim_a_1")
    world.run(60)
    assert texts(world) == []


def test_texts_received_offline_arrive_once_each_with_their_times(world: World) -> None:
    world.phone.network_changed(None)
    for number in range(20):
        world.radio.receive(SENDER, f"text {number}", "sim_a_1")
        world.run(60)
    world.restart()
    world.phone.network_changed("4g")
    world.run(5)
    assert texts(world) == [f"text {number}" for number in range(20)]
    walls = [event["at_wall"] for event in world.server.events.values() if event["type"] == "sms.received"]
    assert len(set(walls)) == 20
