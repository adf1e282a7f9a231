"""Doze (protocol §23.1 V07): what is held, what gets through, what ends it."""

from __future__ import annotations

import pytest

from dev.phone.doze import wait_for_window_ms
from dev.phone.phone import Wake
from dev.phone.times import HOUR, MINUTE
from tests.dev.phone.world import World


@pytest.mark.parametrize(
    ("dozing_for", "wait"),
    [
        (0, HOUR),
        (HOUR - 1, 1),
        (HOUR, 0),
        (HOUR + 5 * MINUTE - 1, 0),
        (HOUR + 5 * MINUTE, 2 * HOUR),
        (3 * HOUR + 5 * MINUTE, 0),
        (3 * HOUR + 10 * MINUTE, 4 * HOUR),
        (7 * HOUR + 15 * MINUTE, 6 * HOUR),
        (13 * HOUR + 15 * MINUTE, 0),
    ],
)
def test_maintenance_windows_get_rarer(dozing_for: int, wait: int) -> None:
    assert wait_for_window_ms(dozing_for) == wait


def test_a_dozing_phone_polls_only_in_its_window(world: World) -> None:
    world.handset.doze()
    calls = len(world.server.callbacks())
    world.run(3_599)
    assert len(world.server.callbacks()) == calls
    world.run(10)
    assert len(world.server.callbacks()) > calls


def test_a_normal_push_is_held_until_the_window(world: World) -> None:
    world.handset.doze()
    world.server.submit("msg_1", ttl=10_000)
    world.phone.wake(Wake("n1", priority="normal", original="normal"))
    world.run(3_000)
    assert world.radio_calls() == []
    world.run(700)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert world.server.callbacks()[-1]["health"]["push"]["priority"] == "normal"


def test_a_high_priority_push_gets_through_and_the_work_is_finished(world: World) -> None:
    world.handset.doze()
    world.send(in_seconds=200)
    world.run(400)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert "job.sent" in world.server.types()


def test_power_ends_doze(world: World) -> None:
    world.handset.doze()
    world.run(600)
    calls = len(world.server.callbacks())
    world.phone.power_connected()
    world.run(1)
    assert len(world.server.callbacks()) == calls + 1
