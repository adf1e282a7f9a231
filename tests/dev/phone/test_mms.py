"""MMS on the virtual phone: attachments are fetched before the radio is asked, parts uploaded before the event."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.dev.phone.world import World

PICTURE = "https://pictures.roost-users.org/a.png"
MMS = {"parts": [{"url": PICTURE}], "max_bytes": 1_000, "types": ["image/png"]}


class Elsewhere:
    """Whatever is not the Roost server: the web that attachments come from, and the bucket that parts go to."""

    def __init__(self, world: World) -> None:
        self.pages: dict[str, httpx.Response] = {}
        self.objects: dict[str, bytes] = {}
        self.refs: list[str] = []
        self.lost_answers = 0
        self._server = world.server.transport()

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/phone/v1/media":
            return self._media(request)
        if request.url.host == "roost.test":
            return self._server.handle_request(request)
        if request.method == "PUT":
            self.objects[str(request.url)] = request.read()
            return httpx.Response(200)
        if str(request.url) not in self.pages:
            raise httpx.ConnectError("no such host", request=request)
        return self.pages[str(request.url)]

    def _media(self, request: httpx.Request) -> httpx.Response:
        wanted = json.loads(request.read())["parts"]
        self.refs += [part["ref"] for part in wanted]
        if self.lost_answers:
            self.lost_answers -= 1
            raise httpx.ReadTimeout("lost", request=request)
        links = [
            {"media_id": f"med_{part['ref']}", "method": "PUT", "url": f"https://bucket/{part['ref']}", "headers": {}}
            for part in wanted
        ]
        return httpx.Response(200, json={"parts": links})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def elsewhere(world: World) -> Elsewhere:
    found = Elsewhere(world)
    world.http = httpx.Client(transport=httpx.MockTransport(found.handle))
    world.restart()
    world.pair()
    return found


def picture(content: bytes = b"png", content_type: str = "image/png; x=y") -> httpx.Response:
    return httpx.Response(200, content=content, headers={"content-type": content_type})


def error_of(world: World) -> dict[str, Any]:
    error: dict[str, Any] = world.server.data("job.failed")["error"]
    return error


def test_an_mms_goes_to_the_radio_once_its_attachments_are_here(world: World, elsewhere: Elsewhere) -> None:
    elsewhere.pages[PICTURE] = picture()
    world.send(kind="mms", mms=MMS)
    world.run(10)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert "job.delivered" in world.server.types()


@pytest.mark.parametrize(
    ("page", "name", "group"),
    [
        (picture(content_type="text/html"), "MEDIA_WRONG_TYPE", "permanent"),
        (picture(b"x" * 1_001), "MEDIA_TOO_LARGE", "permanent"),
        (httpx.Response(404), "MEDIA_FETCH_FAILED", "not_submitted"),
        (httpx.Response(302, headers={"location": "https://192.168.1.1/"}), "MEDIA_FETCH_FAILED", "not_submitted"),
        (None, "MEDIA_FETCH_FAILED", "not_submitted"),
    ],
    ids=["wrong type", "too large", "not found", "redirect", "unreachable"],
)
def test_a_bad_attachment_fails_its_message_before_the_radio(
    world: World, elsewhere: Elsewhere, page: httpx.Response | None, name: str, group: str
) -> None:
    if page is not None:
        elsewhere.pages[PICTURE] = page
    world.send("msg_1", kind="mms", mms=MMS)
    world.send("msg_2")
    world.run(30)
    assert (error_of(world)["name"], error_of(world)["class"]) == (name, group)
    assert world.radio_calls() == [("msg_2", 1, 1)]


def test_the_limit_is_for_all_attachments_together(world: World, elsewhere: Elsewhere) -> None:
    elsewhere.pages[PICTURE] = picture(b"x" * 600)
    world.send(kind="mms", mms={**MMS, "parts": [{"url": PICTURE}, {"url": PICTURE}]})
    world.run(30)
    assert error_of(world)["name"] == "MEDIA_TOO_LARGE"


def test_a_received_mms_is_told_after_its_parts_were_uploaded(world: World, elsewhere: Elsewhere) -> None:
    world.radio.receive_mms("+34600111222", "look", "sim_a_1", [("image/png", b"one"), ("image/gif", b"two")])
    world.run(5)
    assert sorted(elsewhere.objects.values()) == [b"one", b"two"]
    data = world.server.data("mms.received")
    assert (data["from"], data["text"], [part["size"] for part in data["parts"]]) == ("+34600111222", "look", [3, 3])


def test_a_lost_answer_repeats_the_upload_and_makes_one_event(world: World, elsewhere: Elsewhere) -> None:
    elsewhere.lost_answers = 2
    world.radio.receive_mms("+34600111222", "look", "sim_a_1", [("image/png", b"one")])
    world.run(60)
    assert len(elsewhere.refs) == 3
    assert len(set(elsewhere.refs)) == len(elsewhere.objects) == 1
    assert world.server.types().count("mms.received") == 1


def test_a_repeated_broadcast_is_no_other_mms(world: World, elsewhere: Elsewhere) -> None:
    mms = world.radio.receive_mms("+34600111222", "look", "sim_a_1", [("image/png", b"one")])
    world.run(5)
    world.radio.broadcast(mms)
    world.run(5)
    assert world.server.types().count("mms.received") == 1


def test_an_mms_that_was_kept_is_uploaded_after_a_restart(world: World, elsewhere: Elsewhere) -> None:
    world.phone.network_changed(None)
    world.radio.receive_mms("+34600111222", "look", "sim_a_1", [("image/png", b"one")])
    world.run(5)
    world.restart()
    world.phone.network_changed("wifi")
    world.run(5)
    assert list(elsewhere.objects.values()) == [b"one"]
