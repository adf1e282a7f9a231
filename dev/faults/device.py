"""One phone of a world: hardware that stays, and an app whose process may be killed and started again."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import httpx

from dev.faults.network import Network
from dev.faults.push import PROJECT_ID
from dev.fcm.push_service import PushService
from dev.phone.clock import VirtualClock, VirtualTime
from dev.phone.handset import Handset
from dev.phone.kill_points import Killed, KillSwitch
from dev.phone.pairing import parse_link
from dev.phone.phone import Phone
from dev.phone.radio import SimulatedRadio
from dev.phone.runner import wake_of
from dev.phone.sims import Sim, SimTray
from dev.phone.times import SECOND
from dev.phone.wire import Config

RESTART_SECONDS = 5.0


class Device:
    """`restart_seconds`: how long a killed app stays dead; None until somebody restarts it."""

    def __init__(
        self, name: str, folder: Path, time: VirtualTime, network: Network, push: PushService, seed: int, sims: int
    ) -> None:
        self.name = name
        self.folder = folder / name
        self.time = time
        self.network = network
        self.push = push
        self.clock = VirtualClock(time, name=name)
        self.tray = SimTray(
            {slot: Sim(f"sim_{name}_{slot}", "Roost Mobile", f"0010{slot + 1}") for slot in range(sims)}
        )
        self.radio = SimulatedRadio(self.folder / "radio.sqlite", time, self.tray)
        self.handset = Handset(clock=self.clock, radio=self.radio, tray=self.tray)
        self.kill = KillSwitch()
        self.restart_seconds: float | None = RESTART_SECONDS
        self.kills = 0
        self.is_gone = False
        self.lines: list[str] = []
        self.due_ms = 0
        self.address: str | None = None
        self._number = 0
        self._config = Config()
        self._rng = random.Random(f"{seed}-{name}")
        self._http = httpx.Client(transport=network)
        self._store = self.folder
        self.phone: Phone | None = self._start()

    @property
    def number(self) -> int:
        """The server's number of this phone; 0 before it paired."""
        if self.phone is not None and self.phone.device_id is not None:
            self._number = int(self.phone.device_id.removeprefix("phn_"))
        return self._number

    @property
    def config(self) -> Config:
        """What the server told this phone; remembered while its process is dead."""
        if self.phone is not None:
            self._config = self.phone.config
        return self._config

    @property
    def app(self) -> Phone:
        """The running app. Raises RuntimeError while the process is dead."""
        if self.phone is None:
            raise RuntimeError(f"phone {self.name} is not running")
        return self.phone

    def pair(self, link: str) -> None:
        """Exchange the code; then get a push address, unless this phone has no Google services."""
        self.app.pair(parse_link(link))
        self.touch()

    def register_push(self) -> None:
        self.address = self.push.register(PROJECT_ID)
        self.app.push_registered(self.address, PROJECT_ID)
        self.touch()

    def touch(self) -> None:
        """Something happened to this phone: it looks at once."""
        self.due_ms = self.time.now_ms

    def turn(self) -> None:
        """Do what is due now, and know when to look again."""
        if self.phone is None:
            self.start()
        try:
            self._take_pushes()
            wait = round(self.app.tick() * SECOND)
        except Killed as killed:
            self._die(killed)
            return
        self.due_ms = self.time.now_ms + max(1, wait)

    def next_ms(self) -> int:
        """When this phone wants the world to look at it."""
        pushed = self.push.next_due_ms(self.address) if self.address and self._can_be_pushed() else None
        return self.due_ms if pushed is None else min(self.due_ms, max(pushed, self.time.now_ms))

    def _can_be_pushed(self) -> bool:
        return self.phone is not None and self.handset.net is not None and not self.handset.is_force_stopped

    def _take_pushes(self) -> None:
        if self.address is None or not self._can_be_pushed():
            return
        for body in self.push.collect(self.address, self.time.now_ms) or []:
            if body["kind"] == "deleted":
                self.app.pushes_deleted()
            else:
                self.app.wake(wake_of(body))

    def _die(self, killed: Killed) -> None:
        self.kills += 1
        self.lines.append(f"killed at {killed}")
        self.stop()
        if self.restart_seconds is not None:
            self.due_ms = self.time.now_ms + round(self.restart_seconds * SECOND)

    def stop(self) -> None:
        """The process ends; the hardware stays."""
        if self.phone is not None:
            self._number, self._config = self.number, self.config
            self.phone.close()
        self.phone = None
        self.due_ms = self.time.now_ms + 10**12

    def die(self) -> None:
        """Nobody will see this phone again."""
        self.stop()
        self.is_gone = True

    def start(self) -> None:
        """A new process on the same hardware."""
        self.stop()
        self.phone = self._start()
        self.touch()

    def reboot(self) -> None:
        self.clock.reboot()
        self.radio.lose_awaited_reports()
        self.start()

    def wipe_store(self) -> None:
        """The app's data is cleared or an old backup came back: another database, the same pairing tokens."""
        kept = {
            key: self.app.app.store.get(key) for key in ("install_id", "device_id", "token", "base_url", "standing")
        }
        self.stop()
        for file in self._store.glob("phone.sqlite*"):
            file.unlink()
        self.start()
        with self.app.app.store.transaction():
            for key, value in kept.items():
                self.app.app.store.put(key, value)

    def copy_store_to(self, other: Device) -> None:
        """A cloned data folder. The Keystore does not travel, so the copy has no usable token (protocol §3)."""
        other.stop()
        for file in self._store.glob("phone.sqlite*"):
            shutil.copy(file, other.folder / file.name)
        other.start()
        with other.app.app.store.transaction():
            for key in ("token", "next_token", "install_id"):
                other.app.app.store.put(key, None)

    def radio_calls(self) -> list[tuple[str, int, int]]:
        """(job_id, attempt, part) of everything the radio was asked to send."""
        return [(call.job_id, call.attempt, call.part) for call in self.radio.log()]

    def count(self, sql: str, *values: Any) -> int:
        return self.app.app.store.count(sql, *values)

    def close(self) -> None:
        self.stop()
        self.radio.close()
        self._http.close()

    def _start(self) -> Phone:
        return Phone(self._store, self.handset, self._http, rng=self._rng, kill=self.kill, tell=self._tell)

    def _tell(self, line: str) -> None:
        self.lines.append(line)
