"""The outbox and its frozen batches: nothing lost, nothing twice, nothing that blocks the rest (protocol §5.3, §9)."""

from __future__ import annotations

import httpx
import pytest

from dev.phone.fates import NEVER_REPORTED, Fate
from dev.phone.times import to_wire
from tests.dev.phone.world import World


def test_a_batch_is_frozen_but_health_is_fresh(world: World) -> None:
    world.server.fail(httpx.ConnectError, times=3)
    world.receive(1)
    calls = len(world.server.callbacks())
    world.run(1.5)
    world.receive(1, minute=1)
    world.run(30)
    first, *_, last = world.server.callbacks()[calls : calls + 4]
    assert first["events"] == last["events"]
    assert first["health"]["at_wall"] != last["health"]["at_wall"]
    assert last["health"]["outbox"]["depth"] == 2


def test_a_frozen_batch_survives_a_restart(world: World) -> None:
    world.server.lose_answer(times=1)
    world.receive(1)
    world.run(1)
    world.restart()
    world.run(10)
    batches = [body["batch_id"] for body in world.server.callbacks() if body["events"]]
    assert len(batches) == 2
    assert batches[0] == batches[1]
    assert world.server.types() == ["sms.received"]


def test_a_backlog_travels_in_order_with_the_claim_in_the_first_batch(world: World) -> None:
    world.phone.network_changed(None)
    for minute in range(5):
        world.receive(100, minute=minute)
        world.run(60)
    world.server.submit("msg_urgent", priority=2)
    calls = len(world.server.callbacks())
    world.phone.network_changed("wifi")
    world.run(5)
    batches = [body for body in world.server.callbacks()[calls:] if body["events"]]
    assert [len(body["events"]) for body in batches[:5]] == [100] * 5
    assert "claim" in batches[0]
    sequence = [event["seq"] for body in batches for event in body["events"]]
    assert sequence == sorted(sequence)
    assert world.radio_calls("msg_urgent")


def test_one_bad_event_is_found_and_set_aside(world: World) -> None:
    def refuse_the_poison(request: httpx.Request) -> httpx.Response:
        if b"poison" in request.content:
            return httpx.Response(400, json={"error": {"code": "invalid", "message": "?"}})
        return world.server.answer(request)

    world.phone.network_changed(None)
    world.receive(20)
    world.radio.receive("+34600999999", "poison", "sim_a_1")
    world.receive(20, minute=1)
    world.run(1)
    world.phone.network_changed("wifi")
    world.server.script(*[refuse_the_poison] * 40)
    world.run(60)
    assert len(world.server.events) == 40
    assert world.phone.app.outbox.quarantined() == 1
    assert world.phone.app.outbox.depth() == 0
    assert not world.phone.app.batches.is_bisecting()


def test_a_batch_that_is_too_large_is_halved(world: World) -> None:
    def at_most_ten(request: httpx.Request) -> httpx.Response:
        import json

        if len(json.loads(request.content)["events"]) > 10:
            return httpx.Response(413, json={"error": {"code": "too_large", "message": "?"}})
        return world.server.answer(request)

    world.phone.network_changed(None)
    world.receive(60)
    world.run(1)
    world.phone.network_changed("wifi")
    world.server.script(*[at_most_ten] * 30)
    world.run(30)
    assert len(world.server.events) == 60
    assert world.phone.app.outbox.quarantined() == 0


def test_an_event_rejected_for_good_is_set_aside_and_the_rest_flows(world: World) -> None:
    world.server.rejections["sms.received"] = {"code": "invalid", "permanent": True}
    world.receive(3)
    world.send()
    world.run(60)
    assert world.server.types("msg_1")[-1] == "job.delivered"
    assert world.server.callbacks()[-1]["health"]["quarantined"] == 3


def test_an_event_rejected_for_now_is_tried_again_later(world: World) -> None:
    world.server.rejections["sms.received"] = {"code": "try_later", "permanent": False}
    world.receive(1)
    calls = len(world.server.callbacks())
    world.run(25)
    assert len(world.server.callbacks()) - calls == 1
    world.server.rejections.clear()
    world.run(30)
    assert world.server.types() == ["sms.received"]


def test_an_event_the_answer_passes_over_is_not_lost(world: World) -> None:
    world.server.extra = {"acked": []}
    world.receive(1)
    calls = len(world.server.callbacks())
    world.run(20)
    assert len(world.server.callbacks()) - calls == 1
    world.server.extra = {}
    world.run(60)
    assert world.phone.app.outbox.depth() == 0


def test_a_claim_conflict_makes_a_new_claim(world: World) -> None:
    world.server.refuse(409, "claim_conflict")
    world.send()
    world.run(30)
    claims = [body["claim"]["claim_id"] for body in world.server.callbacks() if "claim" in body]
    assert len(set(claims)) == len(claims)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_the_outbox_stops_claims_when_it_is_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.phone.outbox.CAPACITY", 5)
    world.server.rejections["sms.received"] = {"code": "try_later", "permanent": False}
    world.receive(7)
    world.run(5)
    calls = len(world.server.callbacks())
    world.send()
    world.run(2_000)
    assert all("claim" not in body for body in world.server.callbacks()[calls:])
    assert world.phone.app.outbox.depth() == 7
    world.server.rejections.clear()
    world.run(3_000)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_an_ordinary_message_is_one_event(world: World) -> None:
    world.radio.fates.script("+15005550004", NEVER_REPORTED)
    world.server.grant = "direct"
    world.send(to="+15005550004")
    world.run(1_000)
    assert world.server.types() == ["job.sent"]
    assert set(world.server.data("job.sent")["times"]) == {"sending", "sent"}


def test_a_step_the_server_may_have_seen_is_not_dropped(world: World) -> None:
    world.radio.fates.script("+15005550004", Fate(result_after_seconds=20, tp_statuses=()))
    world.send(to="+15005550004")
    world.run(1)
    calls = len(world.server.callbacks())
    world.server.lose_answer()
    world.server.fail(httpx.ConnectError, times=6)
    world.receive(1)
    world.run(200)
    frozen = [body["events"] for body in world.server.callbacks()[calls:] if body["events"]]
    assert [event["type"] for event in frozen[0]] == ["job.sending", "sms.received"]
    assert frozen[1:7] == [frozen[0]] * 6
    assert world.server.types("msg_1") == ["job.sending", "job.sent"]


def test_events_carry_both_clocks_and_a_growing_number(world: World) -> None:
    world.receive(3)
    at = to_wire(world.time.now_ms)
    world.run(10)
    events = list(world.server.events.values())
    assert [event["at_wall"] for event in events] == [at] * 3
    assert {event["boot_id"] for event in events} == {"b_a_1"}
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert len(set(world.server.events)) == 3
