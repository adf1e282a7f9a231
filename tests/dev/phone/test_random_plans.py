"""Seeded random plans over everything at once; a failing seed is in the test's name and replays exactly."""

from __future__ import annotations

import random
from pathlib import Path

import httpx
import pytest

from dev.phone.jobs import HELD
from dev.phone.kill_points import Killed, KillPoint
from dev.phone.sims import Service
from tests.dev.phone.world import World

NUMBERS = (
    "+15005550001",
    "+15005550002",
    "+15005550003",
    "+15005550004",
    "+15005550005",
    "+15005550006",
    "+34600111222",
)
FINAL = {"job.sent", "job.failed", "job.delivered", "job.undelivered", "job.expired", "job.canceled", "job.unknown"}


class Plan:
    def __init__(self, directory: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.world = World(directory, seed=seed)
        self.world.pair()
        self.jobs = 0
        self.received = 0

    def play(self, steps: int) -> None:
        actions = [
            self.submit, self.submit, self.submit, self.wait, self.wait, self.receive, self.lose, self.fail,
            self.refuse, self.kill, self.restart, self.reboot, self.network, self.service,
            self.cancel, self.jump, self.grant,
        ]  # fmt: skip
        for _ in range(steps):
            self.rng.choice(actions)()

    def go(self, seconds: float) -> None:
        try:
            self.world.run(seconds)
        except Killed:
            self.world.restart()

    def wait(self) -> None:
        self.go(self.rng.choice((0.1, 1, 10, 100, 700)))

    def submit(self) -> None:
        self.jobs += 1
        text = "x" * self.rng.choice((5, 200, 500))
        self.world.server.submit(
            f"msg_{self.jobs}", self.rng.choice(NUMBERS), text, ttl=self.rng.choice((20, 600, 7_200)),
            in_seconds=self.rng.choice((0, 0, 15, 300)), report=self.rng.choice(("now", "poll")),
        )  # fmt: skip
        if self.rng.random() < 0.7:
            self.world.wake()
        self.go(self.rng.random())

    def receive(self) -> None:
        self.received += 1
        self.world.radio.receive("+34600999888", f"in {self.received}", "sim_a_1")

    def lose(self) -> None:
        self.world.server.lose_answer(times=self.rng.randint(1, 3))

    def fail(self) -> None:
        self.world.server.fail(self.rng.choice((httpx.ConnectError, httpx.ReadTimeout)), times=self.rng.randint(1, 3))

    def refuse(self) -> None:
        self.world.server.refuse(self.rng.choice((500, 503, 429)), "busy", retry_after=self.rng.choice((None, "30")))

    def kill(self) -> None:
        self.world.kill.arm(self.rng.choice(list(KillPoint)), on_pass=self.rng.randint(1, 3))

    def restart(self) -> None:
        self.world.restart()

    def reboot(self) -> None:
        self.world.reboot()

    def network(self) -> None:
        self.world.phone.network_changed(self.rng.choice((None, "wifi", "5g")))

    def service(self) -> None:
        self.world.tray.service[0] = self.rng.choice((Service.IN_SERVICE, Service.OUT_OF_SERVICE))

    def cancel(self) -> None:
        if self.jobs:
            key = {"job_id": f"msg_{self.rng.randint(1, self.jobs)}", "attempt": 1}
            self.world.server.cancel = [key] if self.rng.random() < 0.7 else []

    def jump(self) -> None:
        self.world.clock.wall_offset_ms = self.rng.choice((0, 3_600_000, -86_400_000))

    def grant(self) -> None:
        self.world.server.grant = self.rng.choice(("confirm", "direct"))

    def settle(self) -> None:
        """Everything works again, and there is time."""
        world = self.world
        world.kill._passes_left.clear()
        world.server.scripts.clear()
        world.tray.service.clear()
        world.phone.network_changed(None)
        world.phone.network_changed("wifi")
        world.run(4 * 3_600)


@pytest.mark.parametrize("seed", range(20))
def test_after_any_plan_the_invariants_hold(tmp_path: Path, seed: int) -> None:
    plan = Plan(tmp_path, seed)
    plan.play(100)
    plan.settle()
    world = plan.world
    try:
        calls = world.radio_calls()
        assert len(calls) == len(set(calls)), "the radio saw a part twice"
        assert world.phone.app.outbox.depth() == 0, "an outcome did not reach the server"
        assert world.phone.app.jobs.in_states(HELD) == []
        for number in range(1, plan.jobs + 1):
            check_job(world, f"msg_{number}")
        texts = [event["data"]["text"] for event in world.server.events.values() if event["type"] == "sms.received"]
        own = [text for text in texts if text.startswith("in ")]
        assert sorted(own) == sorted(f"in {number}" for number in range(1, plan.received + 1))
        check_governor(world)
    finally:
        world.close()


def check_job(world: World, job_id: str) -> None:
    outcomes = [kind for kind in world.server.types(job_id) if kind in FINAL]
    assert outcomes, f"{job_id} has no outcome"
    touched = bool(world.radio_calls(job_id))
    if {"job.expired", "job.canceled"} & set(outcomes):
        assert not touched
        assert len(set(outcomes)) == 1
    if {"job.sent", "job.delivered"} & set(outcomes):
        assert touched
    row = world.phone.app.jobs.get(job_id, 1)
    assert row is None or (row.text, row.recipient) == (None, None), f"{job_id} keeps its content"


def check_governor(world: World) -> None:
    times = [call.at_ms for call in world.radio.log()]
    for start in times:
        assert sum(start <= at < start + 60_000 for at in times) <= 20
