"""USSD codes: which texts are one, how long a phone waits for the answer, one at a time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from roost.domain import ids
from roost.domain.errors import InvalidRequest
from roost.domain.instants import MINUTE, SECOND
from roost.domain.messages import MessageStatus

CODE = re.compile(r"[*#][0-9*#]{1,180}#")
"""Begins with * or # and ends with # (3GPP TS 22.090); at most the 182 characters of one USSD string (TS 23.038)."""

ANSWER_TIMEOUT = 60 * SECOND
"""A phone without an answer by then reports the code as unknown (protocol, F108)."""

LIFETIME = 5 * MINUTE
"""Somebody waits for the answer: a phone that has not fetched the code by then does not run it any more."""


class UssdStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELED = "canceled"


S = MessageStatus

SHOWN_AS: Mapping[MessageStatus, UssdStatus] = MappingProxyType(
    {
        S.QUEUED: UssdStatus.WAITING,
        S.DISPATCHING: UssdStatus.WAITING,
        S.LEASED: UssdStatus.WAITING,
        S.ACCEPTED: UssdStatus.WAITING,
        S.SENDING: UssdStatus.RUNNING,
        S.DELIVERED: UssdStatus.ANSWERED,
        S.FAILED: UssdStatus.FAILED,
        S.UNKNOWN: UssdStatus.UNKNOWN,
        S.EXPIRED: UssdStatus.EXPIRED,
        S.CANCELED: UssdStatus.CANCELED,
    }
)
"""A USSD code makes the moves of a message; these are its words for them."""


def checked_code(code: str, field_name: str) -> str:
    """Raises InvalidRequest naming the field."""
    if not CODE.fullmatch(code):
        raise InvalidRequest.of(field_name, "must be a USSD code: * or # first, then digits, * and #, and # last")
    return code


def is_ussd(message_id: int) -> bool:
    return ids.shard_of(message_id) == ids.USSD_SHARD


def ussd_held_up(waiting: Iterable[int], have: Iterable[int]) -> frozenset[int]:
    """Those of the ids that are USSD codes and must wait: a phone runs one at a time, so no SIM ever runs two."""
    codes = [message_id for message_id in waiting if is_ussd(message_id)]
    return frozenset(codes if any(map(is_ussd, have)) else codes[1:])
