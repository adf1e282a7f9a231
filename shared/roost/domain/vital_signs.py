"""What an owner watches: how many messages went in and came out, how long it took, who is there to send them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from roost.domain.instants import SECOND
from roost.domain.messages import Direction, Kind, Message, MessageStatus

S = MessageStatus


class Sign(StrEnum):
    """Names of metrics. Ten custom metrics are free of charge, and each further one is $0.30 a month: stay below."""

    ACCEPTED = "Accepted"
    DELIVERED = "Delivered"
    FAILED = "Failed"
    UNKNOWN = "Unknown"
    SECONDS_TO_DELIVER = "SecondsToDeliver"
    PHONES_ONLINE = "PhonesOnline"
    PHONES_OFFLINE = "PhonesOffline"
    OLDEST_WAITING_SECONDS = "OldestWaitingSeconds"


IN_SECONDS = frozenset({Sign.SECONDS_TO_DELIVER, Sign.OLDEST_WAITING_SECONDS})

ENDS: Mapping[MessageStatus, Sign] = MappingProxyType(
    {
        S.DELIVERED: Sign.DELIVERED,
        S.FAILED: Sign.FAILED,
        S.UNDELIVERED: Sign.FAILED,
        S.EXPIRED: Sign.FAILED,
        S.UNKNOWN: Sign.UNKNOWN,
    }
)
"""`sent` is no end for most networks, and what its owner canceled did not fail."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one sign."""

    sign: Sign
    value: int


def readings_of(before: Message | None, after: Message) -> Iterable[Reading]:
    """What one write of an outgoing text says; nothing for what comes in, USSD codes and calls.

    A message of a batch counts as accepted when the first phone takes it: before, it has no item of its own.
    """
    if after.direction is not Direction.OUT or after.kind not in (Kind.SMS, Kind.MMS):
        return
    if before is None:
        yield Reading(Sign.ACCEPTED, 1)
    known = before.moves if before is not None else {}
    for status in after.moves.keys() - known.keys():
        if status in ENDS:
            yield Reading(ENDS[status], 1)
        if status is S.DELIVERED and S.SCHEDULED not in after.moves:
            yield Reading(Sign.SECONDS_TO_DELIVER, max(0, after.moves[status] - after.created_at) // SECOND)
