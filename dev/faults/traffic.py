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
    """A push says nothing but "call"; between two calls of a phone there are at most 20."""
    for send in stage.world.push.log:
        if set(send.data) - PUSH_MEMBERS:
            yield f"a push carried {sorted(send.data)}"
    for device, sends, claims in _wakes(stage):
        for begin, end in pairwise([0, *claims, stage.world.time.now_ms]):
            count = sum(begin < at <= end for at in sends)
            if count > MOST_PUSHES:
                yield f"{count} pushes to phone {device.name} without a call of it"


def push_gaps(stage: Stage) -> Iterator[str]:
    """A call of the phone ends a wake; until then pushes keep 30 s of distance."""
    for device, sends, claims in _wakes(stage):
        for earlier, later in pairwise(sends):
            if later - earlier < PUSH_GAP_MS and not any(earlier <= at <= later for at in claims):
                gap = (later - earlier) / SECOND
                yield f"two pushes to phone {device.name} within {gap:.1f} s and no call between them"


def _wakes(stage: Stage) -> Iterator[tuple[Device, list[int], list[int]]]:
    """Each phone with the instants of its pushes and of its claims that reached the server."""
    for device in stage.world.devices.values():
        sends = [send.at_ms for send in stage.world.push.log if send.address == device.address]
        yield device, sends, device.network.claims_reached


def calls_during_retry_after(stage: Stage) -> Iterator[str]:
    for device in stage.world.devices.values():
        silent_until = 0
        for entry in device.network.log:
            if entry.call in ("callback", "push") and entry.at_ms < silent_until:
                early = (silent_until - entry.at_ms) / SECOND
                yield f"phone {device.name} called {early:.1f} s before Retry-After ended"
            if entry.retry_after is not None and entry.call == "callback":
                silent_until = entry.at_ms + entry.retry_after * SECOND
