"""Named places where a test ends the phone's process, as Android or a kill -9 would."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum


class KillPoint(StrEnum):
    """The points of protocol §23, in the order one message passes them, and the inbound receiver."""

    BEFORE_STORE = "before_store"
    AFTER_STORE = "after_store"
    BEFORE_HANDING_OFF = "before_handing_off"
    AFTER_HANDING_OFF = "after_handing_off"
    AFTER_RADIO = "after_radio"
    AFTER_RESULT = "after_result"
    BEFORE_ACK_APPLIED = "before_ack_applied"
    IN_RECEIVER = "in_receiver"


class Killed(BaseException):
    """The process is gone. Not an Exception, so that no handler in the phone can survive its own death."""


class KillSwitch:
    """Raises `Killed` the n-th time an armed point is passed; disarmed (the default) it does nothing."""

    def __init__(self) -> None:
        self._passes_left: Counter[KillPoint] = Counter()

    def arm(self, point: KillPoint | str, *, on_pass: int = 1) -> None:
        self._passes_left[KillPoint(point)] = on_pass

    def disarm(self) -> None:
        self._passes_left.clear()

    def reach(self, point: KillPoint) -> None:
        if point not in self._passes_left:
            return
        self._passes_left[point] -= 1
        if self._passes_left[point] == 0:
            del self._passes_left[point]
            raise Killed(point.value)
