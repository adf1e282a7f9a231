"""What a phone does when the server does not welcome it, and token rotation (protocol §19, §20)."""

from __future__ import annotations

import httpx

from dev.phone.standing import Standing
from tests.dev.phone.world import World


def test_a_suspended_phone_sends_nothing_and_reports_hourly(world: World) -> None:
    world.send(in_seconds=60)
    world.run(56)
    world.server.refuse(403, "device_suspended", times=3)
    world.receive(1)
    world.run(2.5 * 3_600)
    assert world.phone.standing.value == "suspended"
    assert world.radio_calls() == []
    assert world.server.types() == ["lease.accepted"]
    world.run(3_600)
    assert world.phone.standing is Standing.ACTIVE
    assert "sms.received" in world.server.types()


def test_a_removed_phone_stops_for_good_and_keeps_its_data(world: World) -> None:
    world.send(in_seconds=60)
    world.run(56)
    world.server.refuse(410, "device_removed")
    world.receive(1)
    world.run(5)
    calls = len(world.server.calls)
    world.restart()
    world.wake()
    world.run(7_200)
    assert world.phone.standing is Standing.REMOVED
    assert len(world.server.calls) == calls
    assert world.radio_calls() == []
    assert world.phone.app.outbox.depth() == 1
    assert any("removed this phone" in line for line in world.lines)


def test_a_store_mismatch_asks_for_a_new_pairing(world: World) -> None:
    world.server.refuse(409, "store_mismatch")
    world.run(901)
    calls = len(world.server.calls)
    world.run(7_200)
    assert world.phone.standing is Standing.PAIR_AGAIN
    assert len(world.server.calls) == calls
    world.pair()
    world.send()
    world.run(30)
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_an_outdated_app_reports_but_does_not_claim(world: World) -> None:
    body = {"error": {"code": "upgrade_required", "message": "old"}, "events_ok": True}

    def only_reports(request: httpx.Request) -> httpx.Response:
        return httpx.Response(426, json=body) if b'"claim"' in request.content else world.server.answer(request)

    world.server.script(*[only_reports] * 50)
    world.wake()
    world.receive(1)
    world.run(30)
    assert world.server.types() == ["sms.received"]


def test_a_rotated_token_is_used_for_the_next_call(world: World) -> None:
    world.server.extra = {"next_token": "rpt_second"}
    world.wake()
    world.run(1)
    world.server.extra = {}
    world.wake()
    world.run(1)
    assert world.server.calls[-1][2] == "Bearer rpt_second"
    world.server.refuse(401, "bad_token")
    world.wake()
    world.run(1)
    assert world.phone.standing is Standing.BAD_TOKEN


def test_a_refused_next_token_falls_back_to_the_current_one(world: World) -> None:
    world.server.extra = {"next_token": "rpt_second"}
    world.wake()
    world.run(1)
    world.server.extra = {}
    world.server.refuse(401, "bad_token")
    world.send()
    world.run(30)
    used = [token for path, _, token, _ in world.server.calls if path == "/phone/v1/callback"]
    assert used[-3:].count("Bearer rpt_first") == 3
    assert world.phone.standing is Standing.ACTIVE
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_both_tokens_refused_stops_sending_and_asks_hourly(world: World) -> None:
    world.send(in_seconds=60)
    world.run(56)
    world.server.refuse(401, "bad_token", times=2)
    world.wake()
    calls = len(world.server.callbacks())
    world.run(3_500)
    assert len(world.server.callbacks()) - calls == 1
    assert world.radio_calls() == []
    assert any("token" in line for line in world.lines)
    world.run(4_000)
    assert world.phone.standing is Standing.ACTIVE
    assert world.radio_calls() == []
    assert world.server.types("msg_1") == ["job.expired"]


def test_every_call_names_the_protocol_and_the_token(world: World) -> None:
    requests: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return world.server.answer(request)

    world.server.script(keep)
    world.wake()
    world.run(1)
    assert requests[0].headers["Roost-Protocol"] == "1"
    assert requests[0].headers["Authorization"] == "Bearer rpt_first"
    assert requests[0].url == "https://roost.test/phone/v1/callback"
