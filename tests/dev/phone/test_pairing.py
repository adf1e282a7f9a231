"""Pairing links, the exchange of the code, pairing again, leaving (protocol §3, §20)."""

from __future__ import annotations

import httpx
import pytest

from dev.phone.leaving import LeavingFailed
from dev.phone.pairing import PairingFailed, WrongLink, parse_link
from dev.phone.standing import Standing
from tests.dev.phone.world import LINK, World


@pytest.mark.parametrize(
    "text",
    [
        "roost://pair?u=https%3A%2F%2Froost.test&c=7QJ4&l=Kitchen%20shelf",
        "eightms://pair?endpoint=https%3A%2F%2Froost.test&token=7QJ4&label=Kitchen%20shelf&v=1",
        "roost://pair?endpoint=https%3A%2F%2Froost.test%2F&token=7QJ4&label=Kitchen+shelf",
        "  eightms://pair?u=https%3A%2F%2Froost.test&c=7QJ4&l=Kitchen%20shelf\n",
    ],
)
def test_both_schemes_take_both_spellings(text: str) -> None:
    link = parse_link(text)
    assert (link.base_url, link.code, link.label) == ("https://roost.test", "7QJ4", "Kitchen shelf")
    assert link.host == "roost.test"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("https://roost.test/pair", "not a pairing link"),
        ("roost://other?u=https%3A%2F%2Fa&c=b", "not a pairing link"),
        ("", "not a pairing link"),
        ("roost://pair?u=https%3A%2F%2Froost.test", "Quote it"),
        ("roost://pair?c=7QJ4", "Quote it"),
        ("roost://pair?u=roost.test&c=7QJ4", "no http"),
        ("roost://pair?u=ftp%3A%2F%2Froost.test&c=7QJ4", "no http"),
    ],
)
def test_a_wrong_link_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(WrongLink, match=complaint):
        parse_link(text)


def test_a_phone_introduces_itself_and_its_sims(unpaired: World) -> None:
    unpaired.pair()
    ((path, body, token, _),) = unpaired.server.calls
    assert (path, token) == ("/phone/v1/pair", None)
    assert body["code"] == "7QJ4"
    assert body["store_id"].startswith("st_")
    assert body["device"]["boot_id"] == "b_a_1"
    assert [(sim["slot"], sim["sim_id"]) for sim in body["sims"]] == [(0, "sim_a_1"), (1, "sim_a_2")]
    assert unpaired.phone.standing is Standing.ACTIVE
    assert unpaired.phone.device_id == "phn_1"


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (410, "code_used", "already used"),
        (409, "code_used", "already used"),
        (410, "code_expired", "too old"),
        (429, "slow_down", "ten minutes"),
        (404, "not_found", "not a Roost server"),
        (422, "invalid", "refused to pair"),
    ],
)
def test_a_refused_code_says_what_to_do(unpaired: World, status: int, code: str, advice: str) -> None:
    unpaired.server.refuse(status, code)
    with pytest.raises(PairingFailed, match=advice):
        unpaired.pair()
    assert not unpaired.phone.is_paired


def test_a_server_that_cannot_be_reached_is_named(unpaired: World) -> None:
    unpaired.server.fail(httpx.ConnectError)
    with pytest.raises(PairingFailed, match=r"roost\.test cannot be reached \(ConnectError\)"):
        unpaired.pair()


def test_an_answer_from_something_else_is_recognised(unpaired: World) -> None:
    unpaired.server.script(lambda _request: httpx.Response(200, json={"hello": 1}))
    with pytest.raises(PairingFailed, match="not like a Roost server"):
        unpaired.pair()


def test_pairing_again_after_a_lost_answer_is_the_same_installation(unpaired: World) -> None:
    unpaired.server.lose_answer()
    with pytest.raises(PairingFailed):
        unpaired.pair()
    unpaired.restart()
    unpaired.pair()
    first, second = [body for _, body, _, _ in unpaired.server.calls]
    assert (first["install_id"], first["store_id"]) == (second["install_id"], second["store_id"])


def test_an_unpaired_phone_does_not_call(unpaired: World) -> None:
    unpaired.run(3_600)
    assert unpaired.server.calls == []


def test_a_new_pairing_drops_the_unsent_jobs_of_the_old_one(world: World) -> None:
    world.server.grant = "direct"
    world.send(in_seconds=600)
    world.run(10)
    world.server.refuse(410, "device_removed")
    world.wake()
    world.run(10)
    world.phone.pair(LINK)
    world.run(1_000)
    assert world.phone.standing is Standing.ACTIVE
    assert world.radio_calls() == []


def test_unpairing_gives_jobs_back_and_flushes_reports_first(world: World) -> None:
    world.send(in_seconds=600)
    world.run(10)
    world.radio.receive("+34600111222", "last words", "sim_a_1")
    world.run(0)
    world.phone.unpair()
    assert world.server.data("job.released") == {"reason": "unpair"}
    assert "sms.received" in world.server.types()
    assert world.server.calls[-1][0] == "/phone/v1/unpair"
    calls = len(world.server.calls)
    world.wake()
    world.run(3_600)
    assert len(world.server.calls) == calls
    assert not world.phone.is_paired
    assert world.radio_calls() == []


def test_unpairing_without_network_keeps_everything(world: World) -> None:
    world.radio.receive("+34600111222", "last words", "sim_a_1")
    world.run(0)
    world.server.fail(httpx.ConnectError)
    with pytest.raises(LeavingFailed, match="try again"):
        world.phone.unpair()
    assert world.phone.is_paired
    world.run(60)
    assert "sms.received" in world.server.types()
    world.phone.unpair()
    assert not world.phone.is_paired


def test_not_even_unpairing_cuts_a_retry_after_short(world: World) -> None:
    world.server.refuse(429, "slow_down", retry_after="600")
    world.wake()
    world.run(1)
    calls = len(world.server.calls)
    with pytest.raises(LeavingFailed, match="asked this phone to wait"):
        world.phone.unpair()
    assert len(world.server.calls) == calls
    world.run(601)
    world.phone.unpair()
    assert not world.phone.is_paired
