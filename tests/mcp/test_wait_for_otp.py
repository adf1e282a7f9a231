"""wait_for_otp finds what comes in after it was called, within the time that a request may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from roost.dialects.mcp.router import MOST_SECONDS
from roost.domain.inbound_codes import AwaitedCode
from roost.web import caller
from tests.mcp.conftest import Desk
from tests.roost_fixtures import Clock
from tests.sms8.stage import receive

BANK = "+14155550199"


@pytest.fixture
def meanwhile(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], None]]]:
    """What happens while a wait sleeps, one at each sleep; a sleep moves the test's clock."""
    happens: list[Callable[[], None]] = []

    def sleep(seconds: float) -> None:
        clock.forward(seconds=seconds)
        if happens:
            elsewhere(happens.pop(0))

    sleepless = replace(desk.tenant.deps, sleep=sleep)
    monkeypatch.setattr(caller, "deps", lambda: sleepless)
    yield happens
    assert not happens, "the wait ended before it all happened"


def elsewhere(action: Callable[[], None]) -> None:
    """As another environment: the handler that waits has the event loop of this thread."""

    def run() -> None:
        asyncio.set_event_loop(loop)
        action()

    with closing(asyncio.new_event_loop()) as loop, ThreadPoolExecutor(1) as environment:
        environment.submit(run).result()


def nothing() -> None:
    """A look without news."""


@pytest.mark.capability("X-04")
def test_a_code_that_comes_in_while_it_waits_is_answered(desk: Desk, meanwhile: list[Callable[[], None]]) -> None:
    meanwhile += [nothing, lambda: receive(desk.phone, BANK, "Your code is 482910.", "sim_b")]
    found = desk.client().call("wait_for_otp", timeout_seconds=60)
    assert found == {
        "success": True,
        "code": "482910",
        "sender": BANK,
        "message": "Your code is 482910.",
        "received_at": "2077-01-15T08:00:04+00:00",
        "device_id": 1,
        "sim_slot": 1,
        "elapsed_seconds": 4,
        "polls": 3,
    }


@pytest.mark.capability("X-04")
def test_what_came_in_before_the_call_is_not_taken_for_it(
    desk: Desk, clock: Clock, meanwhile: list[Callable[[], None]]
) -> None:
    receive(desk.phone, BANK, "Your code is 111111.")
    clock.forward(seconds=1)
    missed = desk.client().call("wait_for_otp", timeout_seconds=5)
    assert (missed["success"], missed["reason"], missed["elapsed_seconds"]) == (False, "timeout", 5)
    assert missed["remaining_seconds"] == 0


@pytest.mark.capability("X-04")
def test_a_wait_longer_than_a_request_goes_on_where_it_was_and_loses_nothing_in_between(
    desk: Desk, clock: Clock, meanwhile: list[Callable[[], None]]
) -> None:
    client = desk.client()
    first = client.call("wait_for_otp", timeout_seconds=90)
    assert (first["reason"], first["elapsed_seconds"], first["remaining_seconds"]) == ("timeout", MOST_SECONDS, 66)
    assert f"since={first['since']}" in first["next_step"]
    clock.forward(seconds=1)
    receive(desk.phone, BANK, "Your code is 482910.")
    clock.forward(seconds=1)
    second = client.call("wait_for_otp", timeout_seconds=first["remaining_seconds"], since=first["since"])
    assert (second["code"], second["polls"]) == ("482910", 1)


def test_messages_of_a_batch_share_the_time_of_their_request(
    desk: Desk, clock: Clock, meanwhile: list[Callable[[], None]]
) -> None:
    client = desk.client(version=None)
    began = clock.now
    waits = [client.message("tools/call", {"name": "wait_for_otp", "arguments": {}}) for _ in range(5)]
    answers = client.post(waits).json()
    assert [answer["result"]["structuredContent"]["reason"] for answer in answers] == ["timeout"] * 5
    assert clock.now - began == MOST_SECONDS * 1_000


@pytest.mark.parametrize(
    "arguments",
    [
        {"sender_phone": "+14155550198"},
        {"device_id": 2},
        {"device_id": 1, "sim_slot": "1"},
        {"contains": "another shop"},
        {"code_min_length": 7},
        {"code_max_length": 5},
    ],
)
def test_what_it_does_not_wait_for_is_left_alone(
    desk: Desk, meanwhile: list[Callable[[], None]], arguments: dict[str, object]
) -> None:
    meanwhile.append(lambda: receive(desk.phone, BANK, "Shop: 482910 is your code"))
    assert desk.client().call("wait_for_otp", timeout_seconds=5, **arguments)["reason"] == "timeout"


@pytest.mark.parametrize(
    "arguments",
    [
        {"timeout_seconds": 4},
        {"timeout_seconds": 181},
        {"code_min_length": 6, "code_max_length": 5},
        {"since": "yesterday"},
    ],
)
def test_a_wait_that_makes_no_sense_is_refused_at_once(desk: Desk, clock: Clock, arguments: dict[str, object]) -> None:
    began = clock.now
    assert next(iter(arguments)) in desk.client().refusal("wait_for_otp", **arguments)["error"]
    assert clock.now == began


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("G-482910 is your code", "482910"),
        ("Code: 482-910", "482910"),
        ("4829", "4829"),
        ("Call 14155550101 or type 77412", "77412"),
        ("Ihr Code: 00123456", "00123456"),
        ("call 555-0101-22", "0101"),
        ("no code here", None),
        ("123", None),
        ("1234567890", None),
        ("٤٨٢٩١٠", None),
    ],
)
def test_a_code_is_a_run_of_digits_of_the_wanted_length(text: str, code: str | None) -> None:
    assert AwaitedCode().find(BANK, text) == code


def test_a_sender_is_known_in_every_spelling() -> None:
    assert AwaitedCode(sender="+1 415-555-0199").find("0014155550199", "1234") == "1234"
    assert AwaitedCode(sender="(0)7911 123456").find("+447911123456", "1234") == "1234"
    assert AwaitedCode(sender="7911 123457").find("+447911123456", "1234") is None
    assert AwaitedCode(sender="123456").find("+447911123456", "1234") is None
    assert AwaitedCode(sender="google").find("Google ", "1234") == "1234"
