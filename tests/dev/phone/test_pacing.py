"""The governor and the SIM caps (protocol §16): segments, persisted, over both SIMs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dev.phone.fates import NEVER_REPORTED, Fate
from tests.dev.phone.world import World

SIX_PARTS = "x" * (6 * 153)


def most_in_a_window(world: World, window_ms: int = 60_000, sim_id: str | None = None) -> int:
    times = [call.at_ms for call in world.radio.log() if sim_id in (None, call.sim_id)]
    return max((sum(start <= at < start + window_ms for at in times) for start in times), default=0)


def submit(world: World, count: int, text: str = "Hola", *, slot: int = 0) -> None:
    for number in range(count):
        sim = {"slot": slot, "sim_id": f"sim_a_{slot + 1}"}
        world.server.submit(f"msg_{slot}_{number}", "+15005550004", text, ttl=90_000, sim=sim)
    world.wake()


def test_no_minute_has_more_than_twenty_segments(world: World) -> None:
    submit(world, 50)
    world.run(400)
    assert len(world.radio_calls()) == 50
    assert most_in_a_window(world) == 20


def test_radio_calls_are_three_seconds_apart(world: World) -> None:
    submit(world, 10)
    world.run(60)
    times = sorted({call.at_ms for call in world.radio.log()})
    assert all(after - before >= 3_000 for before, after in pairwise(times))


def test_long_texts_count_by_their_parts(world: World) -> None:
    submit(world, 5, SIX_PARTS)
    world.run(59)
    assert len({call.job_id for call in world.radio.log()}) == 3
    world.run(120)
    assert len({call.job_id for call in world.radio.log()}) == 5
    assert most_in_a_window(world) <= 20


@pytest.mark.parametrize("is_reboot", [False, True])
def test_a_restart_does_not_reset_the_governor(world: World, is_reboot: bool) -> None:
    submit(world, 40)
    world.run(54.5)
    assert len(world.radio_calls()) >= 18
    if is_reboot:
        world.reboot()
    else:
        world.restart()
    world.run(200)
    assert most_in_a_window(world) <= 20


def test_the_package_limit_holds_over_both_sims(world: World) -> None:
    submit(world, 20, slot=0)
    submit(world, 20, slot=1)
    world.run(400)
    assert len(world.radio_calls()) == 40
    assert most_in_a_window(world) <= 20


def test_a_daily_cap_leaves_the_rest_for_tomorrow(world: World) -> None:
    world.server.config = {"rev": 2, "governor": {"segments_per_minute": 100, "min_gap_ms": 0},
                           "sims": [{"sim_id": "sim_a_1", "per_day": 30}]}  # fmt: skip
    world.server.extra = {"config": world.server.config}
    world.wake()
    world.run(1)
    world.time.advance(86_400 - world.time.now_ms / 1_000 % 86_400)
    submit(world, 31)
    world.run(20 * 3_600)
    assert len(world.radio_calls()) == 30
    world.run(5 * 3_600)
    assert len(world.radio_calls()) == 31


@pytest.mark.parametrize(("cap", "window"), [({"per_minute": 2}, 60_000), ({"per_hour": 4}, 3_600_000)])
def test_a_sims_own_caps_hold(world: World, cap: dict[str, int], window: int) -> None:
    world.server.config = {**world.server.config, "rev": 2, "sims": [{"sim_id": "sim_a_1", **cap}]}
    world.server.extra = {"config": world.server.config}
    world.wake()
    world.run(1)
    submit(world, 8)
    world.run(3 * 3_600)
    assert len(world.radio_calls()) == 8
    assert most_in_a_window(world, window, "sim_a_1") == next(iter(cap.values()))


def test_a_throttled_phone_halves_its_governor_for_an_hour(world: World) -> None:
    world.radio.fates.script("+15005550009", Fate(result=5, tp_statuses=()))
    world.send("msg_first", to="+15005550009")
    world.run(120)
    submit(world, 30)
    world.run(400)
    assert most_in_a_window(world) == 10
    world.run(3_600)
    for number in range(30):
        world.server.submit(f"msg_later_{number}", "+15005550004")
    world.wake()
    world.run(400)
    assert most_in_a_window(world) == 20


def test_a_message_larger_than_the_limit_goes_alone_into_an_empty_minute(world: World) -> None:
    world.server.config = {"rev": 2, "governor": {"segments_per_minute": 5, "min_gap_ms": 0}}
    world.server.extra = {"config": world.server.config}
    world.radio.fates.script("+15005550004", NEVER_REPORTED)
    world.wake()
    world.run(1)
    submit(world, 2, SIX_PARTS)
    world.run(300)
    first, second = sorted({call.at_ms for call in world.radio.log()})
    assert second - first >= 60_000


def test_an_urgent_job_counts_like_any_other(world: World) -> None:
    submit(world, 20)
    world.run(58)
    world.send("msg_otp", "+15005550004", priority=2)
    world.run(60)
    assert world.radio_calls("msg_otp")
    assert most_in_a_window(world) <= 20
