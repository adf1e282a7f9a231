"""The filters that reading and resending share."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from roost.dialects.sms8.message_view import STATUSES, group_id
from roost.dialects.sms8.router import Fields
from roost.dialects.sms8.values import Slot, Timestamp, Whole, refused
from roost.domain.errors import NotFound
from roost.domain.instants import SECOND
from roost.usecases.manage_phones import known_phone
from roost.usecases.read_messages import MessageFilter, read_message
from roost.web.caller import Caller


def read_status(value: Any) -> str:
    word = str(value).lower()
    if word not in STATUSES:
        raise refused(f"must be one of {', '.join(word.capitalize() for word in STATUSES)}")
    return word


class MessageFields(Fields):
    """`id` alone, `groupId` with or without a status, or any of the rest together."""

    id: Whole | None = Field(default=None, description="One message")
    group_id: str | None = Field(default=None, alias="groupId", description="As in a message's `groupID`")
    status: Annotated[str, BeforeValidator(read_status)] | None = Field(
        default=None, description="Received, Sent, Delivered, Pending, Failed, Canceled, Unknown"
    )
    device_id: Whole | None = Field(default=None, alias="deviceID")
    sim_slot: Slot | None = Field(default=None, alias="simSlot", description="0 is the first SIM")
    start: Timestamp | None = Field(default=None, alias="startTimestamp", description="Unix timestamp, inclusive")
    end: Timestamp | None = Field(default=None, alias="endTimestamp", description="Unix timestamp, inclusive")


def filter_of(caller: Caller, wanted: MessageFields) -> MessageFilter:
    """A second of the clients is all of its milliseconds. Raises NotFound for a device or a group that never was."""
    if wanted.device_id is not None:
        known_phone(caller.deps, caller.account, wanted.device_id)
    group = _group(caller, wanted.group_id)
    return MessageFilter(
        statuses=STATUSES[wanted.status] if wanted.status is not None else None,
        phone=wanted.device_id,
        sim_slot=wanted.sim_slot,
        group=group,
        since=wanted.start * SECOND if wanted.start is not None else None,
        until=wanted.end * SECOND + SECOND - 1 if wanted.end is not None else None,
    )


def _group(caller: Caller, text: str | None) -> int | None:
    """A group bears the id of its first message. Compared byte for byte with what was answered. Raises NotFound."""
    if text is None:
        return None
    group = int(text) if re.fullmatch(r"[1-9][0-9]{0,15}", text) else 0
    try:
        first = read_message(caller.deps, caller.account, group)
    except NotFound:
        raise NotFound("No such group") from None
    if group_id(first) != text:
        raise NotFound("No such group")
    return group
