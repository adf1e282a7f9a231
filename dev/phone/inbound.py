"""Texts that reach the phone: one event each, however often Android hands them over (protocol §14)."""

from __future__ import annotations

import hashlib

from dev.phone.broadcasts import InboundMms, InboundSms, MissedCall
from dev.phone.clock import Clock
from dev.phone.handset import READ_SMS, RECEIVE_SMS, Handset
from dev.phone.kill_points import KillPoint, KillSwitch
from dev.phone.narration import Tell, counted, masked
from dev.phone.outbox import Outbox
from dev.phone.received_mms import ReceivedMms
from dev.phone.store import Store
from dev.phone.times import DAY, to_wire

RECONCILE_EVERY_MS = DAY


class Inbound:
    def __init__(
        self, store: Store, outbox: Outbox, clock: Clock, received_mms: ReceivedMms, kill: KillSwitch, tell: Tell
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._received_mms = received_mms
        self._kill = kill
        self._tell = tell
        self._reconciled_at_elapsed_ms: int | None = None

    def take(self, arrived: InboundSms | InboundMms | MissedCall, handset: Handset) -> None:
        """The broadcast receiver. A repeated text is recognised by its fingerprint."""
        if not isinstance(arrived, MissedCall) and not handset.may(RECEIVE_SMS):
            return
        with self._store.transaction():
            self._kill.reach(KillPoint.IN_RECEIVER)
            if isinstance(arrived, InboundSms):
                self._report(arrived)
            elif isinstance(arrived, InboundMms):
                self._received_mms.keep(arrived)
            else:
                self._outbox.add("call.missed", {"from": arrived.sender, "sim_id": arrived.sim_id})

    def reconcile(self, handset: Handset) -> int | None:
        """At process start and daily: report inbox rows no broadcast told of. Milliseconds until the next time."""
        if not handset.may(READ_SMS):
            return None
        now = self._clock.elapsed_ms()
        if self._reconciled_at_elapsed_ms is not None and now - self._reconciled_at_elapsed_ms < RECONCILE_EVERY_MS:
            return self._reconciled_at_elapsed_ms + RECONCILE_EVERY_MS - now
        self._reconciled_at_elapsed_ms = now
        known = {row["provider_id"] for row in self._store.rows("SELECT provider_id FROM inbound")}
        found = 0
        for sms in handset.radio.inbox():
            if sms.provider_id not in known:
                with self._store.transaction():
                    found += self._report(sms)
        if found:
            self._tell(f"{counted(found, 'text')} found in the inbox that no broadcast announced")
        return RECONCILE_EVERY_MS

    def _report(self, sms: InboundSms) -> bool:
        is_new = self._store.change(
            "INSERT OR IGNORE INTO inbound (fingerprint, provider_id, wall_ms) VALUES (?, ?, ?)",
            fingerprint(sms), sms.provider_id, self._clock.wall_ms(),
        )  # fmt: skip
        if not is_new:
            return False
        self._outbox.add(
            "sms.received",
            {
                "from": sms.sender,
                "text": sms.text,
                "sim_id": sms.sim_id,
                "smsc_at": to_wire(sms.smsc_ms),
                "parts": sms.parts,
            },
        )
        self._tell(f"text received from {masked(sms.sender)}")
        return True


def fingerprint(sms: InboundSms) -> str:
    """Two real texts agree in all four only when sent within the same second of the carrier's clock."""
    members = "\x00".join((sms.sim_id, sms.sender, str(sms.smsc_ms), sms.text))
    return hashlib.sha256(members.encode()).hexdigest()
