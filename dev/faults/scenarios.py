"""The scenario table as data, and the run of one row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.faults.engine import PROJECT
from dev.faults.facts import failed_end, failed_expectations
from dev.faults.invariants import broken_invariants
from dev.faults.runtime import Runtime
from dev.faults.stage import Stage, Step, add_phones
from dev.faults.verbs import VERBS
from dev.faults.world import new_world
from dev.phone.times import SECOND

TABLES = tuple(PROJECT / f"tests/scenarios/{name}.json" for name in ("phone", "server", "offers", "batches"))
DEFAULT_PHONES: Sequence[Step] = ({"id": "A"},)
SETTLE_SECONDS = 1_800
SHOWN_LINES = 25


@dataclass(frozen=True, slots=True)
class Scenario:
    """`number` as in the protocol's table (F17). `needs`: what the server cannot do yet. `times`: see `variants`."""

    number: str
    name: str
    steps: Sequence[Step]
    end: dict[str, Any]
    phones: Sequence[Step] = DEFAULT_PHONES
    seed: int = 17
    needs: tuple[str, ...] = ()
    settle: float = SETTLE_SECONDS
    each_write: Step | None = None
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`failures` empty: passed. `story`: the last events, for a person."""

    scenario: Scenario
    failures: tuple[str, ...] = ()
    story: tuple[str, ...] = ()
    runs: int = 1


def read_table(path: Path) -> list[Scenario]:
    """Raises TypeError naming a member that no scenario has."""
    return [_scenario(entry) for entry in json.loads(path.read_text(encoding="utf-8"))["scenarios"]]


def _scenario(entry: dict[str, Any]) -> Scenario:
    return Scenario(**{**entry, "needs": tuple(entry.get("needs", ()))})


def play(runtime: Runtime, scenario: Scenario) -> Outcome:
    """One run, or with `each_write` one per write of the named function until a run reaches no such write."""
    if scenario.each_write is None:
        return _play_once(runtime, scenario, scenario.steps)
    for write in range(1, 100):
        fault = {"at": 0, **scenario.each_write, "write": write}
        outcome = _play_once(runtime, scenario, [fault, *scenario.steps])
        if outcome.failures:
            return Outcome(scenario, (f"at write {write}:", *outcome.failures), outcome.story, write)
        if not runtime.storage.hits():
            return Outcome(scenario, () if write > 1 else ("the fault never struck",), runs=write - 1)
    raise AssertionError(f"{scenario.name} has no end of writes")


def _play_once(runtime: Runtime, scenario: Scenario, steps: Sequence[Step]) -> Outcome:
    with new_world(runtime, scenario.seed) as world:
        stage = Stage(world)
        add_phones(stage, list(scenario.phones))
        failures = []
        for step in sorted(steps, key=lambda step: float(step["at"])):
            world.run_until(max(world.time.now_ms, stage.started_ms + round(step["at"] * SECOND)))
            failures += _take(stage, step)
        world.run(scenario.settle)
        failures += [*failed_end(stage, scenario.end)]
        failures += [*broken_invariants(stage, frozenset(scenario.end.get("except", ())))]
        return Outcome(scenario, tuple(failures), tuple(story_of(stage)) if failures else ())


def _take(stage: Stage, step: Step) -> list[str]:
    if "expect" in step:
        return [f"at {step['at']} s: {line}" for line in failed_expectations(stage, step)]
    stage.world.note(f"{step['do']} " + ", ".join(f"{k}={v}" for k, v in step.items() if k not in ("at", "do")))
    VERBS[step["do"]](stage, step)
    return []


def story_of(stage: Stage) -> list[str]:
    """What happened last: steps and crashes, the versions of each named job, what each phone told."""
    world = stage.world
    lines = list(world.lines)
    for name, number in stage.jobs.items():
        versions = world.history.versions.get(number, [])
        moves = (f"{(v.at_ms - stage.started_ms) / SECOND:.1f} s {v.status}" for v in versions)
        lines.append(f"{name} = msg_{number}: " + ", ".join(moves))
    for device in world.devices.values():
        lines += [f"phone {device.name}: {line}" for line in device.lines[-SHOWN_LINES:]]
        lines += [_call_line(stage, entry) for entry in device.network.log[-SHOWN_LINES:]]
    return lines


def _call_line(stage: Stage, entry: Any) -> str:
    events = [
        f"{e['type']}({stage.name_of(e['job_id'])})" if "job_id" in e else e["type"]
        for e in entry.request.get("events", [])
    ]
    answer = entry.answer or {}
    jobs = [f"{stage.name_of(job['job_id'])}/{job['lease_epoch']}/{job.get('grant')}" for job in answer.get("jobs", [])]
    seconds = (entry.at_ms - stage.started_ms) / SECOND
    refused = [rejected["code"] for rejected in answer.get("rejected", [])]
    return (
        f"{seconds:10.3f}  {entry.call} {entry.status} events={events} claim={'claim' in entry.request} "
        f"jobs={jobs} rejected={refused} poll={answer.get('next_poll_seconds')}"
    )
