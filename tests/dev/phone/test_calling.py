"""When and how the phone calls: single flight, frozen batches, back-off, errors, tokens (protocol §5, §19, §20)."""

from __future__ import annotations

import httpx
import pytest

from dev.phone.fates import NEVER_REPORTED
from dev.phone.standing import Standing
from dev.phone.times import SECOND, to_wire
from tests.dev.phone.world import World


def html(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, html="<html>please log in</html>")


def other_json(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"hello": "world"})


def cut_short(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b'{"acked": ["evt_')


def redirect(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"Location": "https://portal.test/"})


def receive(world: World, count: int, *, minute: int = 0) -> None:
    for number in range(count):
        world.radio.receive(f"+346{minute:03d}{number:06d}", f"text {number}", "sim_a_1")


def call_times(world: World) -> list[float]:
    start = world.server.calls[0][3]
    return [(at - start) / SECOND for path, _, _, at in world.server.calls if path == "/phone/v1/callback"]


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ConnectTimeout, httpx.RemoteProtocolError]
)
def test_a_network_failure_resends_the_same_batch(world: World, error: type[httpx.TransportError]) -> None:
    world.server.fail(error, times=3)
    receive(world, 1)
    calls = len(world.server.callbacks())
    world.run(60)
    batches = [body["batch_id"] for body in world.server.callbacks()[calls:]]
    assert batches[:4] == [batches[0]] * 4
    assert world.server.types() == ["sms.received"]


@pytest.mark.parametrize("answer", [html, other_json, cut_short, redirect])
def test_an_answer_that_is_not_ours_acknowledges_nothing(world: World, answer: object) -> None:
    world.server.script(answer, answer)  # type: ignore[arg-type]
    receive(world, 1)
    world.run(1)
    assert world.phone.app.outbox.depth() == 1
    world.run(60)
    assert world.phone.app.outbox.depth() == 0
    assert any("no answer" in line for line in world.lines)
    assert "the server answers again" in world.lines


def test_the_back_off_doubles_with_jitter_up_to_fifteen_minutes(world: World) -> None:
    world.server.refuse(503, "down", times=40)
    receive(world, 1)
    world.run(6 * 3_600)
    gaps = [after - before for before, after in zip(call_times(world)[1:], call_times(world)[2:], strict=False)]
    assert max(gaps) <= 900
    assert all(gap <= 2 * 2**number for number, gap in enumerate(gaps[:8]))
    assert len({round(gap) for gap in gaps}) > 10


def test_the_jitter_replays_with_its_seed(tmp_path_factory: pytest.TempPathFactory) -> None:
    def times(seed: int) -> list[float]:
        world = World(tmp_path_factory.mktemp("world"), seed=seed)
        world.pair()
        world.server.refuse(503, "down", times=20)
        world.run(3_600)
        world.close()
        return call_times(world)

    assert times(1) == times(1) != times(2)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_wins_over_everything_even_a_restart(world: World, status: int) -> None:
    world.server.refuse(status, "slow_down", retry_after="600")
    receive(world, 1)
    world.run(5)
    calls = len(world.server.calls)
    world.restart()
    world.phone.network_changed(None)
    world.phone.network_changed("4g")
    world.wake()
    world.run(590)
    assert len(world.server.calls) == calls
    world.run(20)
    assert world.server.types() == ["sms.received"]


def test_retry_after_may_be_a_date(world: World) -> None:
    from email.utils import formatdate

    at = formatdate(world.time.now_ms / SECOND + 600, usegmt=True)
    world.server.refuse(429, "slow_down", retry_after=at)
    receive(world, 1)
    world.run(590)
    assert world.server.types() == []
    world.run(30)
    assert world.server.types() == ["sms.received"]


def test_an_offline_phone_does_not_call_and_the_network_brings_it_back(world: World) -> None:
    world.phone.network_changed(None)
    receive(world, 1)
    calls = len(world.server.calls)
    world.run(3_000)
    assert len(world.server.calls) == calls
    world.phone.network_changed("5g")
    world.run(1)
    assert world.server.types() == ["sms.received"]
    assert world.server.callbacks()[-1]["health"]["net"] == "5g"
    assert "claim" in world.server.callbacks()[-1]


def test_the_network_ends_a_back_off(world: World) -> None:
    world.server.fail(httpx.ConnectError, times=8)
    receive(world, 1)
    world.run(400)
    world.server.scripts.clear()
    world.phone.network_changed(None)
    world.phone.network_changed("wifi")
    world.run(1)
    assert world.server.types() == ["sms.received"]


def test_a_batch_is_frozen_but_health_is_fresh(world: World) -> None:
    world.server.fail(httpx.ConnectError, times=3)
    receive(world, 1)
    calls = len(world.server.callbacks())
    world.run(1.5)
    receive(world, 1, minute=1)
    world.run(30)
    first, *_, last = world.server.callbacks()[calls : calls + 4]
    assert first["events"] == last["events"]
    assert first["health"]["at_wall"] != last["health"]["at_wall"]
    assert last["health"]["outbox"]["depth"] == 2


def test_a_frozen_batch_survives_a_restart(world: World) -> None:
    world.server.lose_answer(times=1)
    receive(world, 1)
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
        receive(world, 100, minute=minute)
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
    receive(world, 20)
    world.radio.receive("+34600999999", "poison", "sim_a_1")
    receive(world, 20, minute=1)
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
    receive(world, 60)
    world.run(1)
    world.phone.network_changed("wifi")
    world.server.script(*[at_most_ten] * 30)
    world.run(30)
    assert len(world.server.events) == 60
    assert world.phone.app.outbox.quarantined() == 0


def test_an_event_rejected_for_good_is_set_aside_and_the_rest_flows(world: World) -> None:
    world.server.rejections["sms.received"] = {"code": "invalid", "permanent": True}
    receive(world, 3)
    world.send()
    world.run(60)
    assert world.server.types("msg_1")[-1] == "job.delivered"
    assert world.server.callbacks()[-1]["health"]["quarantined"] == 3


def test_an_event_rejected_for_now_is_tried_again_later(world: World) -> None:
    world.server.rejections["sms.received"] = {"code": "try_later", "permanent": False}
    receive(world, 1)
    calls = len(world.server.callbacks())
    world.run(25)
    assert len(world.server.callbacks()) - calls == 1
    world.server.rejections.clear()
    world.run(30)
    assert world.server.types() == ["sms.received"]


def test_an_event_the_answer_passes_over_is_not_lost(world: World) -> None:
    world.server.extra = {"acked": []}
    receive(world, 1)
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


def test_a_suspended_phone_sends_nothing_and_reports_hourly(world: World) -> None:
    world.send(in_seconds=60)
    world.run(56)
    world.server.refuse(403, "device_suspended", times=3)
    receive(world, 1)
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
    receive(world, 1)
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
    receive(world, 1)
    world.run(30)
    assert world.server.types() == ["sms.received"]


def test_the_outbox_stops_claims_when_it_is_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.phone.outbox.CAPACITY", 5)
    world.server.rejections["sms.received"] = {"code": "try_later", "permanent": False}
    receive(world, 7)
    world.run(5)
    calls = len(world.server.callbacks())
    world.send()
    world.run(2_000)
    assert all("claim" not in body for body in world.server.callbacks()[calls:])
    assert world.phone.app.outbox.depth() == 7
    world.server.rejections.clear()
    world.run(3_000)
    assert world.radio_calls() == [("msg_1", 1, 1)]


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


def test_an_ordinary_message_is_one_event(world: World) -> None:
    world.radio.fates.script("+15005550004", NEVER_REPORTED)
    world.server.grant = "direct"
    world.send(to="+15005550004")
    world.run(1_000)
    assert world.server.types() == ["job.sent"]
    assert set(world.server.data("job.sent")["times"]) == {"sending", "sent"}


def test_a_step_the_server_may_have_seen_is_not_dropped(world: World) -> None:
    world.send(to="+15005550006")
    world.run(5)
    world.server.lose_answer()
    receive(world, 1)
    world.run(60)
    assert world.server.types("msg_1") == ["job.sending"]


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


def test_events_carry_both_clocks_and_a_growing_number(world: World) -> None:
    receive(world, 3)
    at = to_wire(world.time.now_ms)
    world.run(10)
    events = list(world.server.events.values())
    assert [event["at_wall"] for event in events] == [at] * 3
    assert {event["boot_id"] for event in events} == {"b_a_1"}
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert len(set(world.server.events)) == 3
