"""Android's own brake: more than 30 segments per minute and app, and the system asks a user who is not there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from dev.phone.fates import Fate
from dev.phone.times import MINUTE

NobodyTaps = Fate(result=None, tp_statuses=(), sent_box="missing")
LimitExceeded = Fate(result=5, tp_statuses=())
UserRefused = Fate(result=28, tp_statuses=())

FATE_BY_REACTION = {"dialog": NobodyTaps, "limit_exceeded": LimitExceeded, "stop_sending": UserRefused}


@dataclass(slots=True)
class UsageMonitor:
    """`reaction` is what happens above the limit; older phones use 30 per 30 minutes."""

    limit: int = 30
    window_ms: int = MINUTE
    reaction: Literal["dialog", "limit_exceeded", "stop_sending"] = "dialog"
    _sent: deque[int] = field(default_factory=deque)

    def judge(self, now_ms: int, segments: int) -> Fate | None:
        """None lets the message pass and counts it."""
        while self._sent and self._sent[0] <= now_ms - self.window_ms:
            self._sent.popleft()
        if len(self._sent) + segments > self.limit:
            return FATE_BY_REACTION[self.reaction]
        self._sent.extend([now_ms] * segments)
        return None
