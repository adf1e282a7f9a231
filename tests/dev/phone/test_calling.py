"""When the phone calls: single flight, back-off, Retry-After, answers that are not ours (protocol §5, §19)."""

from __future__ import annotations

import httpx
import pytest

from dev.phone.times import SECOND
from tests.dev.phone.world import World


def html(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, html="<html>please log in</html>")


def other_json(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"hello": "world"})


def cut_short(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b'{"acked": ["evt_')


def redirect(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"Location": "https://portal.test/"})


def call_times(world: World) -> list[float]:
    start = world.server.calls[0][3]
    return [(at - start) / SECOND for path, _, _, at in world.server.calls if path == "/phone/v1/callback"]


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ConnectTimeout, httpx.RemoteProtocolError]
)
def test_a_network_failure_resends_the_same_batch(world: World, error: type[httpx.TransportError]) -> None:
    world.server.fail(error, times=3)
    world.receive(1)
    calls = len(world.server.callbacks())
    world.run(60)
    batches = [body["batch_id"] for body in world.server.callbacks()[calls:]]
    assert batches[:4] == [batches[0]] * 4
    assert world.server.types() == ["sms.received"]


@pytest.mark.parametrize("answer", [html, other_json, cut_short, redirect])
def test_an_answer_that_is_not_ours_acknowledges_nothing(world: World, answer: object) -> None:
    world.server.script(answer, answer)  # type: ignore[arg-type]
    world.receive(1)
    world.run(1)
    assert world.phone.app.outbox.depth() == 1
    world.run(60)
    assert world.phone.app.outbox.depth() == 0
    assert any("no answer" in line for line in world.lines)
    assert "the server answers again" in world.lines


def test_the_back_off_doubles_with_jitter_up_to_fifteen_minutes(world: World) -> None:
    world.server.refuse(503, "down", times=40)
    world.receive(1)
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
    world.receive(1)
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
    world.receive(1)
    world.run(590)
    assert world.server.types() == []
    world.run(30)
    assert world.server.types() == ["sms.received"]


def test_an_offline_phone_does_not_call_and_the_network_brings_it_back(world: World) -> None:
    world.phone.network_changed(None)
    world.receive(1)
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
    world.receive(1)
    world.run(400)
    world.server.scripts.clear()
    world.phone.network_changed(None)
    world.phone.network_changed("wifi")
    world.run(1)
    assert world.server.types() == ["sms.received"]
