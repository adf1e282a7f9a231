"""What the simulated carrier does with a message, by recipient number."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

RESULT_OK = -1
TP_DELIVERED = 0x00

SentBoxStatus = Literal["sent", "failed", "queued", "missing"]


@dataclass(frozen=True, slots=True)
class Fate:
    """One outcome. `result` None: the sent result never comes. Times None: the carrier's usual latency.

    `tp_statuses` are the delivery reports in order, none for a report that never comes.
    `reply` is sent back by the recipient, `{text}` standing for the message.
    """

    result: int | None = RESULT_OK
    error_code: int | None = None
    result_after_seconds: float | None = None
    tp_statuses: tuple[int, ...] = (TP_DELIVERED,)
    report_after_seconds: float | None = None
    sent_box: SentBoxStatus | None = None
    reply: str | None = None

    @property
    def sent_box_status(self) -> SentBoxStatus:
        if self.sent_box is not None:
            return self.sent_box
        if self.result is None:
            return "queued"
        return "sent" if self.result == RESULT_OK else "failed"


@dataclass(frozen=True, slots=True)
class UssdFate:
    """What the network answers to a code; neither `answer` nor `failure` (-1, -2): nothing ever."""

    answer: str | None = "Balance: 5.00"
    failure: int | None = None
    after_seconds: float = 2


DELIVERED = Fate()
REJECTED = Fate(result=10, tp_statuses=())
DELIVERED_LATE = Fate(report_after_seconds=60)
NEVER_REPORTED = Fate(tp_statuses=())
ANSWERED = Fate(reply="Re: {text}")
RESULT_LOST = Fate(result=None, tp_statuses=())

FATES_BY_NUMBER = MappingProxyType(
    {
        "+15005550001": DELIVERED,
        "+15005550002": REJECTED,
        "+15005550003": DELIVERED_LATE,
        "+15005550004": NEVER_REPORTED,
        "+15005550005": ANSWERED,
        "+15005550006": RESULT_LOST,
    }
)


@dataclass(frozen=True, slots=True)
class Latency:
    """The carrier's usual times in seconds: radio call to result, result to delivery report, report to reply."""

    result: float = 0.3
    report: float = 0.7
    reply: float = 0.5
    late_factor: float = 1.0
    """Scales the times that a fate gives itself, for demonstrations in a hurry."""


@dataclass(slots=True)
class Fates:
    """The table plus what a test scripted; a script for one part wins over one for the whole message."""

    scripted: dict[tuple[str, int | None], Fate] = field(default_factory=dict)
    ussd: UssdFate = field(default_factory=UssdFate)

    def script(self, recipient: str, fate: Fate, part: int | None = None) -> None:
        self.scripted[recipient, part] = fate

    def of(self, recipient: str, part: int) -> Fate:
        for key in ((recipient, part), (recipient, None)):
            if key in self.scripted:
                return self.scripted[key]
        return FATES_BY_NUMBER.get(recipient, DELIVERED)
