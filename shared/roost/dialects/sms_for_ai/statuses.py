"""SMS for AI knows three words for what became of a message; it says `sent` as soon as it has accepted one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from roost.domain.messages import MessageStatus

S = MessageStatus


class SmsStatus(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


STORED: Mapping[SmsStatus, frozenset[MessageStatus]] = MappingProxyType(
    {
        SmsStatus.SENT: frozenset(
            {S.SCHEDULED, S.QUEUED, S.DISPATCHING, S.LEASED, S.ACCEPTED, S.SENDING, S.UNKNOWN, S.SENT}
        ),
        SmsStatus.DELIVERED: frozenset({S.DELIVERED}),
        SmsStatus.FAILED: frozenset({S.FAILED, S.UNDELIVERED, S.EXPIRED, S.CANCELED}),
    }
)
"""What each word stands for. `unknown` may have been sent and is paid for; `expired` and `canceled` were not."""

WORD: Mapping[MessageStatus, SmsStatus] = MappingProxyType(
    {status: word for word, statuses in STORED.items() for status in statuses}
)
