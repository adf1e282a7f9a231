"""The virtual phone: one process of the app. Driven from outside, never sleeps, keeps everything in its store."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

from dev.phone.broadcasts import DeliveryReport, SentResult, UssdAnswer
from dev.phone.components import assemble, random_id
from dev.phone.doze import HIGH_PRIORITY_GRACE_MS
from dev.phone.handset import SEND_SMS, Handset
from dev.phone.health import health_of
from dev.phone.introduction import introduction, settle_in
from dev.phone.jobs import HELD, WAITING
from dev.phone.kill_points import KillSwitch
from dev.phone.leaving import leave
from dev.phone.narration import Tell, silent
from dev.phone.pairing import PairingLink, exchange_code
from dev.phone.standing import MAY_CALL, MAY_SEND, Standing
from dev.phone.times import DAY, SECOND, to_wire
from dev.phone.wire import Config, Firebase, PairAnswer

STEPS_PER_TICK = 1_000
LONGEST_SLEEP_MS = DAY
REMEMBERED_AFTER_DEADLINE_MS = 7 * DAY


@dataclass(frozen=True, slots=True)
class Wake:
    """A push as Android hands it over. `priority` differs from `original` when FCM deprioritised it."""

    nonce: str | None = None
    priority: Literal["high", "normal"] = "high"
    original: Literal["high", "normal"] = "high"


class Phone:
    """`handset` outlives this object. After `Killed` throw the object away and make another on the same directory."""

    def __init__(
        self, directory: Path, handset: Handset, http: httpx.Client, *, rng: random.Random | None = None,
        kill: KillSwitch | None = None, tell: Tell = silent, report_delay_seconds: float = 1.0,
    ) -> None:  # fmt: skip
        self.handset = handset
        self.kill = kill or KillSwitch()
        delay_ms = round(report_delay_seconds * SECOND)
        self.app = assemble(directory, handset, http, rng or random.Random(), self.kill, tell, delay_ms)
        self._woken_at_elapsed_ms: int | None = None

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
    def firebase(self) -> Firebase | None:
        """The owner's Firebase project from the pairing answer; None means this phone is only polled."""
        found = self.app.store.get("firebase")
        return Firebase.model_validate(found) if found else None

    @property
    def config(self) -> Config:
        return Config.model_validate(self.app.store.get("config") or {})

    def pair(self, link: PairingLink) -> PairAnswer:
        """Exchange the link's code. Raises PairingFailed, whose text says what to do; safe to repeat."""
        store = self.app.store
        if store.get("install_id") is None:
            with store.transaction():
                store.put("install_id", random_id("ins"))
        answer, round_trip_ms = exchange_code(self.app.exchange, link, introduction(store, self.handset))
        settle_in(self.app, link, answer, round_trip_ms)
        return answer

    def unpair(self, reason: str = "user") -> None:
        """Give every job back and leave. Raises LeavingFailed while the server cannot be told."""
        leave(self.app, self.config, self.health, reason)

    def wake(self, wake: Wake) -> None:
        """A push arrived; it only says "call". Nothing reaches a force-stopped app, and Doze holds normal ones."""
        if self.handset.is_force_stopped:
            return
        if wake.priority == "normal" and self.handset.doze_wait_ms() > 0:
            self.handset.held_pushes.append(wake)
            return
        if wake.priority == "high":
            self._woken_at_elapsed_ms = self.handset.clock.elapsed_ms()
        received = {"received_at": to_wire(self.handset.clock.wall_ms()), "nonce": wake.nonce}
        kind = self.app.push.current().get("kind", "token")
        with self.app.store.transaction():
            last = {"kind": kind, **received, "priority": wake.priority, "original": wake.original}
            self.app.store.put("last_push", last)
            if wake.original == "high" and wake.priority != "high":
                self.app.outbox.add("alert", {"code": "push_deprioritised", "detail": wake.priority})
        self.app.schedule.want_claim()

    def pushes_deleted(self) -> None:
        """`onDeletedMessages`: FCM dropped everything it had stored for this phone."""
        if not self.handset.is_force_stopped:
            self.app.schedule.want_claim()

    def push_registered(self, value: str, project_id: str, kind: Literal["token", "fid"] = "token") -> None:
        """The registration callback: FCM gave this installation a (new) address."""
        self.app.push.change({"provider": "fcm", "kind": kind, "value": value, "project_id": project_id})

    def push_unavailable(self) -> None:
        """No Google services: the server will answer with short polls."""
        self.app.push.change({"provider": "none"})

    def network_changed(self, net: str | None) -> None:
        """None is offline. A network that comes back ends the back-off and is a reason to claim."""
        came_back = self.handset.net is None and net is not None
        self.handset.net = net
        if came_back:
            self.app.backoff.network_available()
            self.app.schedule.want_claim()

    def power_connected(self) -> None:
        self.handset.is_charging = True
        self.app.schedule.want_claim()

    def confirm_sims(self) -> None:
        """The owner agrees to the SIMs as they are now."""
        self.app.sim_watch.confirm()
        self.app.schedule.want_claim()

    def tick(self) -> float:
        """Do everything that is due; seconds until something is due again. Raises Killed at an armed kill point."""
        if self.handset.is_force_stopped:
            return LONGEST_SLEEP_MS / SECOND
        for _ in range(STEPS_PER_TICK):
            wait = self._step()
            if wait > 0:
                return wait / SECOND
        return 0.0

    def _step(self) -> int:
        """One round; 0 when there may be more to do at once."""
        self._take_broadcasts()
        self._take_held_pushes()
        if not self.is_paired:
            return self._radio_wait_ms()
        self.app.sim_watch.check()
        self._watch_permissions()
        waits: list[int | None] = []
        if self.standing in MAY_SEND:
            waits.append(self.app.handoff.advance(self.handset, self.config))
        waits += [self._radio_wait_ms(), self.app.outcomes.resolve_overdue(self.handset), self._forget_old_rows()]
        waits.append(self.app.inbound.reconcile(self.handset))
        waits.append(self._call())
        return max(0, min(wait for wait in waits if wait is not None))

    def _call(self) -> int | None:
        """Make the one call that is due (then 0), or say how long until one is. None while there is no way to call."""
        if self.standing not in MAY_CALL or self.handset.net is None:
            return None
        if doze := self._doze_wait_ms():
            return doze
        backoff, config = self.app.backoff.wait_ms(), self.config
        may_claim = self.standing is Standing.ACTIVE
        push_wait = max(backoff, self.app.push.due_in_ms())
        call_wait = max(backoff, self.app.schedule.due_in_ms(config, may_claim=may_claim))
        media_wait = self.app.received_mms.due_in_ms()
        if push_wait == 0:
            self.app.push.tell_server()
        elif media_wait == 0:
            self.app.received_mms.upload_next()
        elif call_wait == 0:
            self.app.callback.call(config, self.health, may_claim=may_claim)
        return min(wait for wait in (push_wait, media_wait, call_wait) if wait is not None)

    def health(self) -> dict[str, Any]:
        return health_of(self.app, self.handset, self.config.rev)

    def _take_broadcasts(self) -> None:
        while (broadcast := self.handset.radio.take_due()) is not None:
            match broadcast:
                case SentResult():
                    self.app.outcomes.take_result(broadcast)
                case DeliveryReport():
                    self.app.outcomes.take_report(broadcast)
                case UssdAnswer():
                    self.app.outcomes.take_ussd(broadcast)
                case _:
                    self.app.inbound.take(broadcast, self.handset)

    def _take_held_pushes(self) -> None:
        while self.handset.held_pushes and self.handset.doze_wait_ms() == 0:
            self.wake(self.handset.held_pushes.pop(0))

    def _doze_wait_ms(self) -> int:
        """A high-priority push lets the app work for a while, and its foreground service finishes what it holds."""
        woken = self._woken_at_elapsed_ms
        if woken is not None and self.handset.clock.elapsed_ms() - woken < HIGH_PRIORITY_GRACE_MS:
            return 0
        has_work = self.app.jobs.in_states(HELD) or self.app.outbox.urgent_age_ms() is not None
        return 0 if has_work else self.handset.doze_wait_ms()

    def _radio_wait_ms(self) -> int:
        due = self.handset.radio.next_due_ms()
        return LONGEST_SLEEP_MS if due is None else max(0, due - self.handset.radio.now_ms())

    def _watch_permissions(self) -> None:
        """Without SEND_SMS the phone gives its jobs back at once instead of failing them one by one."""
        store, missing = self.app.store, self.handset.missing_permissions()
        if missing == (store.get("missing_permissions") or []):
            return
        with store.transaction():
            store.put("missing_permissions", missing)
            if missing:
                self.app.outbox.add("alert", {"code": "permission_lost", "detail": ", ".join(missing)})
            if SEND_SMS in missing:
                for job in self.app.jobs.in_states(WAITING):
                    self.app.ledger.release(job, "paused")

    def _forget_old_rows(self) -> int:
        """Daily: rows stay seven days after their deadline as memory against duplicates."""
        store, now = self.app.store, self.app.corrected.now_ms()
        forgotten_at = int(store.get("forgotten_at_ms") or 0)
        if now - forgotten_at >= DAY:
            with store.transaction():
                store.put("forgotten_at_ms", now)
                self.app.jobs.forget_older_than(now - REMEMBERED_AFTER_DEADLINE_MS)
                self.app.outbox.forget_old_quarantine()
        return DAY

    def close(self) -> None:
        """The process ends in an orderly way; nothing depends on it."""
        self.app.store.close()
