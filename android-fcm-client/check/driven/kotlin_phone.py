"""The Kotlin core behind the face of the virtual phone, so that the fault harness drives either."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
from dev.faults import device
from dev.phone.broadcasts import DeliveryReport, InboundMms, MissedCall, SentResult, UssdAnswer
from dev.phone.components import STORE_FILE
from dev.phone.doze import HIGH_PRIORITY_GRACE_MS
from dev.phone.handset import Handset
from dev.phone.jobs import Jobs
from dev.phone.kill_points import Killed, KillPoint, KillSwitch
from dev.phone.leaving import LeavingFailed
from dev.phone.narration import Tell, silent
from dev.phone.outbox import Outbox
from dev.phone.pairing import ADVICE_BY_CODE, PairingFailed, PairingLink
from dev.phone.phone import LONGEST_SLEEP_MS, STEPS_PER_TICK, Wake
from dev.phone.standing import Standing, StandingRecord
from dev.phone.times import SECOND
from dev.phone.tokens import Tokens
from dev.phone.wire import Config
from outside import Outside
from process import POOL, Message
from store import SharedStore


class KotlinPhone:
    """As dev.phone.phone.Phone. Only reads, and what the harness plants, go to the store from here."""

    def __init__(
        self, directory: Path, handset: Handset, http: httpx.Client, *, rng: random.Random | None = None,
        kill: KillSwitch | None = None, tell: Tell = silent,
    ) -> None:  # fmt: skip
        self.handset = handset
        self.kill = kill or KillSwitch()
        self._rng, self._tell = rng or random.Random(), tell
        self._woken_at_elapsed_ms: int | None = None
        self._outside = Outside(handset, http)
        directory.mkdir(parents=True, exist_ok=True)
        self._process = POOL.take()
        self._is_open = True
        self._order("open", store=str(directory / STORE_FILE))
        store = SharedStore(directory / STORE_FILE)
        self.app = SimpleNamespace(
            store=store, outbox=Outbox(store, handset.clock), jobs=Jobs(store), tokens=Tokens(store),
            standing=StandingRecord(store),
        )  # fmt: skip

    @property
    def standing(self) -> Standing:
        return self.app.standing.now

    @property
    def is_paired(self) -> bool:
        return self.standing is not Standing.UNPAIRED

    @property
    def device_id(self) -> str | None:
        found: str | None = self.app.store.get("device_id")
        return found

    @property
    def config(self) -> Config:
        return Config.model_validate(self.app.store.get("config") or {})

    def pair(self, link: PairingLink) -> None:
        message = self._order("pair", link=f"roost://pair?{urlencode({'u': link.base_url, 'c': link.code})}")
        if "trouble" in message:
            raise PairingFailed(ADVICE_BY_CODE.get(message["trouble"].lower(), message["trouble"]))

    def unpair(self) -> None:
        message = self._order("unpair")
        if "trouble" in message:
            raise LeavingFailed(message["trouble"])

    def wake(self, wake: Wake) -> None:
        """What Android does with a push before the app sees it: force stop and Doze."""
        if self.handset.is_force_stopped:
            return
        if wake.priority == "normal" and self.handset.doze_wait_ms() > 0:
            self.handset.held_pushes.append(wake)
            return
        if wake.priority == "high":
            self._woken_at_elapsed_ms = self.handset.clock.elapsed_ms()
        self._order("wake", nonce=wake.nonce, priority=wake.priority, original=wake.original)

    def pushes_deleted(self) -> None:
        if not self.handset.is_force_stopped:
            self._order("want_claim")

    def push_registered(self, value: str, project_id: str) -> None:
        self._order("push_registered", value=value, project_id=project_id)

    def push_unavailable(self) -> None:
        self._order("push_unavailable")

    def network_changed(self, net: str | None) -> None:
        came_back = self.handset.net is None and net is not None
        self.handset.net = net
        if came_back:
            self._order("network_available")

    def power_connected(self) -> None:
        self.handset.is_charging = True
        self._order("want_claim")

    def confirm_sims(self) -> None:
        self._order("confirm_sims")

    def tick(self) -> float:
        """As the app's engine: hand over what Android delivers, then do what is due."""
        if self.handset.is_force_stopped:
            return LONGEST_SLEEP_MS / SECOND
        for _ in range(STEPS_PER_TICK):
            self._take_broadcasts()
            while self.handset.held_pushes and self.handset.doze_wait_ms() == 0:
                self.wake(self.handset.held_pushes.pop(0))
            wait = min(int(self._order("step")["done"]), self._radio_wait_ms())
            if wait > 0:
                return wait / SECOND
        return 0.0

    def _take_broadcasts(self) -> None:
        while (broadcast := self.handset.radio.take_due()) is not None:
            members = {name: getattr(broadcast, name) for name in broadcast.__slots__}
            match broadcast:
                case SentResult():
                    self._order("result", **members)
                case DeliveryReport():
                    self._order("report", **members)
                case UssdAnswer():
                    self._order("ussd", **members)
                case InboundMms():
                    self._order("inbound_mms", **self._outside.messages.keep(broadcast))
                case MissedCall():
                    self._order("missed_call", **members)
                case _:
                    self._order("inbound", **{**members, "provider_id": None})

    def _radio_wait_ms(self) -> int:
        due = self.handset.radio.next_due_ms()
        return LONGEST_SLEEP_MS if due is None else max(0, due - self.handset.radio.now_ms())

    def close(self) -> None:
        """An orderly end. After a kill there is nothing left to end."""
        self.app.store.close()
        if self._is_open:
            self._order("close")
            self._is_open = False
            POOL.give_back(self._process)

    def _order(self, what: str, **arguments: Any) -> Message:
        found: Message = self._process.order({"do": what, **arguments}, self._world, self._answer)
        return found

    def _world(self) -> Message:
        """What the phone may know without asking."""
        handset, tray = self.handset, self.handset.tray
        return {
            "boot_id": handset.clock.boot_id,
            "elapsed_ms": handset.clock.elapsed_ms(),
            "wall_ms": handset.clock.wall_ms(),
            "online": handset.net is not None,
            "dozing": handset.doze_wait_ms() > 0,
            "sims": [
                {"slot": slot, "sim_id": sim.sim_id, "carrier": sim.carrier, "mccmnc": sim.mccmnc,
                 "number": sim.number, "service": tray.service_of(slot).value}
                for slot, sim in tray.sims.items()
            ],
            "permissions": sorted(handset.permissions),
            "vitals": {"battery": handset.battery, "charging": handset.is_charging, "net": handset.net},
            "armed": [point.value for point in KillPoint if point in self.kill._passes_left],
        }  # fmt: skip

    def _answer(self, message: Message) -> Message | None:
        if "tell" in message:
            self._tell(message["tell"])
            return None
        own = getattr(self, f"_answer_{message['ask']}", None)
        answer: Message = own(message) if own else getattr(self._outside, message["ask"])(message)
        return answer

    def _answer_reach(self, message: Message) -> Message:
        """The process is ended for good while it waits for this answer."""
        try:
            self.kill.reach(KillPoint(message["point"]))
        except Killed:
            self._is_open = False
            POOL.kill(self._process)
            raise
        return {}

    def _answer_dice(self, _: Message) -> Message:
        return {"value": self._rng.random()}

    def _answer_network_wait(self, message: Message) -> Message:
        """A high-priority push lets the app work for a while, and its foreground service finishes what it holds."""
        woken = self._woken_at_elapsed_ms
        is_awake = woken is not None and self.handset.clock.elapsed_ms() - woken < HIGH_PRIORITY_GRACE_MS
        return {"value": 0 if is_awake or message["has_work"] else self.handset.doze_wait_ms()}


def install() -> None:
    """From now on the harness's phones run the Kotlin core."""
    device.Phone = KotlinPhone  # type: ignore[assignment, misc]
