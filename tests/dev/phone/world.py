"""One phone, one server and their time, moved by hand."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import httpx

from dev.phone.clock import VirtualClock, VirtualTime
from dev.phone.handset import Handset
from dev.phone.kill_points import Killed, KillPoint, KillSwitch
from dev.phone.pairing import parse_link
from dev.phone.phone import Phone, Wake
from dev.phone.radio import SimulatedRadio
from dev.phone.sims import SimTray, two_sims
from tests.dev.phone.scripted_server import ScriptedServer

LINK = parse_link("roost://pair?u=https%3A%2F%2Froost.test&c=7QJ4")


class World:
    def __init__(self, directory: Path, *, seed: int = 17) -> None:
        self.directory = directory
        self.seed = seed
        self.time = VirtualTime()
        self.server = ScriptedServer(self.time)
        self.clock = VirtualClock(self.time, name="a")
        self.tray = SimTray(two_sims("a"))
        self.radio = SimulatedRadio(directory / "radio.sqlite", self.time, self.tray)
        self.handset = Handset(clock=self.clock, radio=self.radio, tray=self.tray)
        self.kill = KillSwitch()
        self.lines: list[str] = []
        self.http = httpx.Client(transport=self.server.transport())
        self.phone = self._start()

    def _start(self) -> Phone:
        return Phone(
            self.directory,
            self.handset,
            self.http,
            rng=random.Random(self.seed),
            kill=self.kill,
            tell=self.lines.append,
        )

    def pair(self) -> None:
        self.phone.pair(LINK)

    def run(self, seconds: float) -> None:
        """Let time pass, stopping at each moment the phone asks for. Killed passes through."""
        end = self.time.now_ms + round(seconds * 1_000)
        while True:
            wait = self.phone.tick()
            left = (end - self.time.now_ms) / 1_000
            if left <= 0:
                return
            self.time.advance(min(max(wait, 0.001), left))

    def wake(self) -> None:
        self.phone.wake(Wake("n1"))

    def send(self, job_id: str = "msg_1", to: str = "+15005550001", text: str = "Hola", **members: Any) -> None:
        """Submit a job and wake the phone for it."""
        self.server.submit(job_id, to, text, **members)
        self.wake()

    def receive(self, count: int, *, minute: int = 0) -> None:
        """Texts from different people; `minute` tells one series from another."""
        for number in range(count):
            self.radio.receive(f"+346{minute:03d}{number:06d}", f"text {number}", "sim_a_1")

    def run_until_killed(self, point: KillPoint | str, seconds: float = 60) -> None:
        self.kill.arm(point)
        try:
            self.run(seconds)
        except Killed:
            self.phone.close()
            return
        raise AssertionError(f"the phone never reached {point}")

    def restart(self) -> None:
        """A new process on the same phone."""
        self.phone.close()
        self.phone = self._start()

    def reboot(self) -> None:
        self.clock.reboot()
        self.radio.lose_awaited_reports()
        self.restart()

    def radio_calls(self, job_id: str | None = None) -> list[tuple[str, int, int]]:
        """(job_id, attempt, part) of everything the radio was asked to send."""
        return [(call.job_id, call.attempt, call.part) for call in self.radio.log() if job_id in (None, call.job_id)]

    def close(self) -> None:
        self.phone.close()
        self.radio.close()
        self.http.close()
