"""Push registrations and wakes as the phone sees them (protocol §4, §17)."""

from __future__ import annotations

import httpx
import pytest

from dev.phone.phone import Wake
from dev.phone.push_listener import PushListener, PushNews, Registered
from tests.dev.phone.world import World


def registrations(world: World) -> list[dict[str, object]]:
    return [body for path, body, _, _ in world.server.calls if path == "/phone/v1/push"]


def test_a_phone_without_google_services_says_so(world: World) -> None:
    assert registrations(world) == [{"provider": "none"}]


@pytest.mark.parametrize("kind", ["token", "fid"])
def test_a_registration_is_told_and_its_change_too(world: World, kind: str) -> None:
    for value in ("fGx1", "fGx1", "fGx2"):
        world.phone.push_registered(value, "my-roost", kind)  # type: ignore[arg-type]
        world.run(1)
    expected = {"provider": "fcm", "kind": kind, "project_id": "my-roost"}
    assert registrations(world)[1:] == [{**expected, "value": "fGx1"}, {**expected, "value": "fGx2"}]


def test_a_registration_that_changed_offline_is_told_on_return(world: World) -> None:
    world.phone.network_changed(None)
    world.phone.push_registered("fGx1", "my-roost")
    world.run(60)
    world.phone.network_changed("wifi")
    world.run(1)
    assert registrations(world)[-1]["value"] == "fGx1"


def test_the_registration_is_told_at_every_app_start_and_monthly(world: World) -> None:
    world.phone.push_registered("fGx1", "my-roost")
    world.run(1)
    world.restart()
    world.run(1)
    assert len(registrations(world)) == 3
    world.phone.network_changed(None)
    world.run(29 * 86_400)
    world.phone.network_changed("wifi")
    world.run(1)
    assert len(registrations(world)) == 3
    world.phone.network_changed(None)
    world.run(2 * 86_400)
    world.phone.network_changed("wifi")
    world.run(1)
    assert len(registrations(world)) == 4


def test_a_failing_registration_does_not_keep_the_phone_from_working(world: World) -> None:
    def no_push(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/phone/v1/push":
            return httpx.Response(503)
        return world.server.answer(request)

    world.http._transport = httpx.MockTransport(no_push)
    world.phone.push_registered("fGx1", "my-roost")
    world.send()
    world.run(120)
    assert world.server.types("msg_1")[-1] == "job.delivered"


def test_a_refused_registration_is_not_repeated_until_it_changes(world: World) -> None:
    seen = []

    def refuse(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/phone/v1/push":
            seen.append(request)
            return httpx.Response(400, json={"error": {"code": "invalid", "message": "?"}})
        return world.server.answer(request)

    world.http._transport = httpx.MockTransport(refuse)
    world.phone.push_registered("fGx1", "my-roost")
    world.run(3_600)
    assert len(seen) == 1


def test_a_wake_is_answered_with_a_claim_and_its_nonce(world: World) -> None:
    world.phone.wake(Wake("n81"))
    world.run(0)
    body = world.server.callbacks()[-1]
    assert "claim" in body
    push = body["health"]["push"]
    assert (push["nonce"], push["priority"], push["original"]) == ("n81", "high", "high")


def test_the_same_wake_three_times_is_one_claim(world: World) -> None:
    calls = len(world.server.callbacks())
    for _ in range(3):
        world.phone.wake(Wake("n81"))
    world.run(5)
    assert len(world.server.callbacks()) - calls == 1


def test_dropped_pushes_are_a_reason_to_claim(world: World) -> None:
    calls = len(world.server.callbacks())
    world.phone.pushes_deleted()
    world.run(0)
    assert "claim" in world.server.callbacks()[calls]


def test_a_deprioritised_wake_still_claims_and_is_reported(world: World) -> None:
    world.server.submit("msg_1")
    world.phone.wake(Wake("n81", priority="normal", original="high"))
    world.run(30)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert world.server.data("alert")["code"] == "push_deprioritised"


def test_a_listener_registers_again_when_its_registration_is_gone() -> None:
    news: list[PushNews] = []
    known: list[str] = []

    def google(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/device/register":
            known.append(f"token {len(known)}")
            return httpx.Response(200, json={"token": known[-1]})
        if request.url.params["token"] not in known:
            return httpx.Response(404)
        return httpx.Response(200, json=[{"kind": "message", "data": {"n": "1"}}])

    with httpx.Client(transport=httpx.MockTransport(google)) as http:
        listener = PushListener(http, "http://fcm.test", "my-roost", "stale", news.append)
        for _ in range(3):
            listener.listen_once()
    assert news[0] == Registered("token 0")
    assert len(news) == 2
