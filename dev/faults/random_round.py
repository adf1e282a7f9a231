"""One world of a random run: play the plan, let everything heal, count what is lost, twice or stuck."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dev.faults.invariants import broken_invariants
from dev.faults.random_plan import HOURS, Plan, Size
from dev.faults.runtime import Runtime
from dev.faults.stage import Stage, Step, add_phones
from dev.faults.verbs import VERBS
from dev.faults.world import new_world
from dev.phone.times import SECOND

HEALING_SECONDS = 3 * 3_600
"""More than the longest deadline, its ten minutes of grace, and the hour between two looks at a silent phone."""
KIND_OF = {"I1": "twice", "I3": "stuck", "I7": "lost", "I8": "lost"}
GIVEN_UP = "stream"
"""A batch that fails six times goes to the queue for failed changes; its messages must make it all the same."""
NOT_YET: Mapping[str, str] = MappingProxyType({})
"""Invariants that the server does not keep yet -> what it needs; a run says so."""
PROGRESS_STEPS = 50

Progress = Callable[[float], None]
"""Told the part of the round that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round found. `failures`: a sentence each, headed by the invariant."""

    seed: str
    messages: int
    failures: tuple[str, ...]

    def count(self, kind: str) -> int:
        """How many failures are `lost`, `twice`, `stuck`, or `other`."""
        return sum(KIND_OF.get(line.split(":")[0], "other") == kind for line in self.failures)


def play_round(runtime: Runtime, size: Size, seed: str, progress: Progress) -> Round:
    plan = Plan(size, seed)
    with new_world(runtime, abs(hash_of(seed))) as world:
        stage = Stage(world)
        add_phones(stage, [{"id": name, "sims": 2} for name in plan.phones])
        steps = plan.steps()
        for number, step in enumerate(steps):
            world.run_until(max(world.time.now_ms, stage.started_ms + round(step["at"] * SECOND)))
            _take(stage, step)
            if number % max(1, len(steps) // PROGRESS_STEPS) == 0:
                progress(min(0.9, 0.9 * step["at"] / (HOURS * 3_600)))
        _heal(stage)
        world.run(HEALING_SECONDS)
        failures = tuple(broken_invariants(stage, frozenset({GIVEN_UP, *NOT_YET})))
        progress(1)
        return Round(seed, len(stage.jobs), failures)


def hash_of(seed: str) -> int:
    """The same number in every process, unlike `hash`."""
    return int.from_bytes(seed.encode()[-7:], "big")


def _take(stage: Stage, step: Step) -> None:
    """A phone whose process is dead at the moment lets a step pass."""
    if "phone" in step and stage.device(step).is_gone:
        return
    needs_process = step["do"] in ("net.offline", "net.online")
    if needs_process and stage.device(step).phone is None:
        stage.device(step).start()
    VERBS[step["do"]](stage, step)


def _heal(stage: Stage) -> None:
    """No more faults; what was away comes back, but for the phones that are gone for good."""
    world = stage.world
    world.runtime.storage.faults.clear()
    world.push.faults.clear()
    world.stream_faults.calm()
    for device in world.devices.values():
        device.network.faults.clear()
        device.kill.disarm()
        if device.is_gone:
            continue
        device.tray.service.clear()
        device.handset.leave_doze()
        device.start()
        device.app.network_changed(None)
        device.app.network_changed("wifi")
