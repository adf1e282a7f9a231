"""A message as SMS8 shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field

from roost.domain.instants import as_datetime
from roost.domain.messages import Direction, Message, MessageStatus, shown_status
from roost.usecases.media import attachments_of

S = MessageStatus

WORDS: Mapping[MessageStatus, str] = MappingProxyType(
    {
        S.SCHEDULED: "Pending",
        S.QUEUED: "Pending",
        S.DISPATCHING: "Pending",
        S.SENDING: "Pending",
        S.CANCELING: "Pending",
        S.UNKNOWN: "Unknown",
        S.EXPIRED: "Failed",
        S.CANCELED: "Canceled",
        S.FAILED: "Failed",
        S.SENT: "Sent",
        S.DELIVERED: "Delivered",
        S.RECEIVED: "Received",
    }
)
"""SMS8's word for each shown state. `Unknown` is ours: called Failed, whoever resends what failed might send twice."""


STATUSES: Mapping[str, frozenset[MessageStatus]] = MappingProxyType(
    {word.lower(): frozenset(status for status in WORDS if WORDS[status] == word) for word in WORDS.values()}
    | {"queued": frozenset({S.QUEUED, S.DISPATCHING, S.SENDING}), "scheduled": frozenset({S.SCHEDULED})}
)
"""What a filter by a word selects. Some clients know Queued and Scheduled, too, for parts of Pending."""


class Sms8Message(BaseModel):
    """Ids are text. `sentDate`: when it was accepted, or, of a received one, when the phone got it; `deliveredDate`:
    the carrier's report, or when a received one arrived here. `retries`: attempts after the first."""

    ID: str = Field(examples=["374928374928"])
    number: str
    message: str
    deviceID: str | None  # noqa: N815 - SMS8's spelling, here and below
    simSlot: str | None  # noqa: N815
    userID: str  # noqa: N815
    groupID: str | None  # noqa: N815
    status: str = Field(examples=["Pending"])
    type: str = Field(examples=["sms"])
    attachments: str | None
    schedule: str | None
    sentDate: str  # noqa: N815
    deliveredDate: str | None  # noqa: N815
    expiryDate: str | None  # noqa: N815
    resultCode: str | None  # noqa: N815
    errorCode: str | None  # noqa: N815
    retries: int | None


def message_view(message: Message) -> dict[str, Any]:
    """The members of Sms8Message; a plain dict, because one answer may hold ten thousand."""
    outgoing = message.direction is Direction.OUT
    error = message.error or {}
    scheduled = outgoing and message.due_at > message.created_at
    return {
        "ID": str(message.id),
        "number": message.peer,
        "message": message.text,
        "deviceID": text_or_none(message.phone),
        "simSlot": text_or_none(message.sim_slot),
        "userID": message.account,
        "groupID": group_id(message),
        "status": WORDS[shown_status(message)],
        "type": message.kind.value,
        "attachments": ",".join(found.url for found in attachments_of(message)) or None,
        "schedule": date(message.due_at) if scheduled else None,
        "sentDate": date(message.created_at if outgoing else message.moves[S.RECEIVED]),
        "deliveredDate": date_or_none(message.moves.get(S.DELIVERED) if outgoing else message.created_at),
        "expiryDate": date(message.expires_at) if outgoing else None,
        "resultCode": text_or_none(error.get("name")),
        "errorCode": text_or_none(error.get("code")),
        "retries": message.attempt - 1 or None,
    }


def group_id(message: Message) -> str | None:
    """Every request that sends makes a group, also one of a single message."""
    return str(message.group_id) if message.direction is Direction.OUT else None


def date(instant: int) -> str:
    """`2026-05-24T10:30:00+00:00`: whole seconds, the offset with a colon."""
    moment: datetime = as_datetime(instant)
    return moment.isoformat(timespec="seconds")


def date_or_none(instant: int | None) -> str | None:
    return None if instant is None else date(instant)


def text_or_none(value: object) -> str | None:
    return None if value is None else str(value)
