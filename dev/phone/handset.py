"""The hardware and the Android around the app: everything that outlives the app's process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dev.phone.clock import Clock, Stamp, age_ms, likely_age_ms, stamp
from dev.phone.doze import wait_for_window_ms
from dev.phone.radio import SimulatedRadio
from dev.phone.sims import SimTray
from dev.phone.times import MINUTE, SECOND

SEND_SMS = "SEND_SMS"
READ_SMS = "READ_SMS"
RECEIVE_SMS = "RECEIVE_SMS"
CALL_PHONE = "CALL_PHONE"
"""What Android asks for before an app may run a USSD code."""
ALL_PERMISSIONS = frozenset({SEND_SMS, READ_SMS, RECEIVE_SMS, CALL_PHONE})


@dataclass(slots=True)
class Handset:
    """`net` is free text for the owner ("wifi", "4g", "5g"); None is no network. `battery` in percent."""

    clock: Clock
    radio: SimulatedRadio
    tray: SimTray
    model: str = "Virtual phone"
    sdk: int = 34
    net: str | None = "wifi"
    battery: int = 87
    is_charging: bool = True
    permissions: set[str] = field(default_factory=lambda: set(ALL_PERMISSIONS))
    is_force_stopped: bool = False
    dozing_since: Stamp | None = None
    held_pushes: list[Any] = field(default_factory=list)
    """Normal pushes that Google's services keep until the phone may use the network again."""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def missing_permissions(self) -> list[str]:
        return sorted(ALL_PERMISSIONS - self.permissions)

    def force_stop(self) -> None:
        """No push, job or broadcast reaches the app until somebody opens it; open result intents are canceled."""
        self.is_force_stopped = True
        self.radio.lose_awaited_reports()

    def open_app(self) -> None:
        self.is_force_stopped = False

    def doze(self) -> None:
        """Unplugged and untouched: from now on network only in maintenance windows."""
        self.is_charging = False
        self.dozing_since = stamp(self.clock)

    def leave_doze(self) -> None:
        self.dozing_since = None

    def doze_wait_ms(self) -> int:
        """Milliseconds until the app may use the network; 0 while awake, charging or in a maintenance window."""
        if self.dozing_since is None or self.is_charging:
            return 0
        return wait_for_window_ms(age_ms(self.clock, self.dozing_since))

    def sent_box_status(self, recipient: str, text: str, handed: Stamp) -> str | None:
        """The system's own record of a text handed over at `handed`; None without a row or without READ_SMS."""
        if not self.may(READ_SMS):
            return None
        handed_at = self.radio.now_ms() - likely_age_ms(self.clock, handed)
        return self.radio.sent_box_status(recipient, text, handed_at - 5 * SECOND, handed_at + MINUTE)

    def vitals(self) -> dict[str, Any]:
        """The part of `health` that is about the device."""
        return {
            "sdk": self.sdk,
            "battery": self.battery,
            "charging": self.is_charging,
            "net": self.net,
            "missing": self.missing_permissions(),
        }
