"""Invariants about amounts and rhythm: segments on the air, pushes, calls (I10, I11, I12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from dev.faults.device import Device
from dev.faults.stage import Stage
from dev.phone.radio import RadioCall
from dev.phone.times import MINUTE, SECOND

PUSH_GAP_MS = 30 * SECOND
MOST_PUSHES = 20
PUSH_MEMBERS = frozenset({"v", "t", "n"})


def segments_over_the_limits(stage: Stage) -> Iterator[str]:
    for device in stage.world.devices.values():
        config, calls = device.config, device.radio.log()
        limit = config.governor.segments_per_minute
        for start, call in enumerate(calls):
            window = [other for other in calls[start:] if other.at_ms < call.at_ms + MINUTE]
            if len(window) > limit and len({other.job_id for other in window}) > 1:
                yield f"phone {device.name}: {len(window)} segments within a minute, the governor allows {limit}"
                break
        yield from _over_the_day(device, calls)


def _over_the_day(device: Device, calls: list[RadioCall]) -> Iterator[str]:
    used = Counter((call.sim_id, f"{datetime.fromtimestamp(call.at_ms / SECOND, UTC):%Y-%m-%d}") for call in calls)
    for (sim_id, day), segments in used.items():
        cap = device.config.caps_of(sim_id).per_day
        if cap is not None and segments > cap:
            yield f"phone {device.name}: {segments} segments on {sim_id} on {day}, its cap is {cap}"


def push_traffic(stage: Stage) -> Iterator[str]:
    """A call of the phone ends a wake; between two calls pushes keep 30 s of distance and end after 20."""
    for send in stage.world.push.log:
        if set(send.data) - PUSH_MEMBERS:
            yield f"a push carried {sorted(send.data)}"
    for device in stage.world.devices.values():
        claims = device.network.claims_reached
        sends = [send.at_ms for send in stage.world.push.log if send.address == device.address]
        yield from _too_many(device.name, sends, claims)


def _too_many(name: str, sends: list[int], claims: list[int]) -> Iterator[str]:
    for earlier, later in pairwise(sends):
        if later - earlier < PUSH_GAP_MS and not any(earlier <= at <= later for at in claims):
            yield f"two pushes to phone {name} within {(later - earlier) / SECOND:.1f} s and no call between them"
    edges = [0, *claims, 10**15]
    for begin, end in pairwise(edges):
        count = sum(begin < at <= end for at in sends)
        if count > MOST_PUSHES:
            yield f"{count} pushes to phone {name} without a call of it"


def calls_during_retry_after(stage: Stage) -> Iterator[str]:
    for device in stage.world.devices.values():
        silent_until = 0
        for entry in device.network.log:
            if entry.call in ("callback", "push") and entry.at_ms < silent_until:
                early = (silent_until - entry.at_ms) / SECOND
                yield f"phone {device.name} called {early:.1f} s before Retry-After ended"
            if entry.retry_after is not None and entry.call == "callback":
                silent_until = entry.at_ms + entry.retry_after * SECOND
