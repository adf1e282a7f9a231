"""A message as `/v1` shows it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from roost.domain import ids
from roost.domain.instants import rfc3339
from roost.domain.messages import Direction, Kind, Message, MessageStatus, shown_status
from roost.domain.timelines import timeline
from roost.domain.waiting import Reason, Wait
from roost.usecases.media import attachments_of


class TimelineStep(BaseModel):
    """`status`: the state callers see; `step`: the finer state or the note behind it."""

    at: str
    status: MessageStatus
    step: str


class WaitView(BaseModel):
    """Why it has not left yet. `until`: when it is expected to go on (its ETA), null if nobody can say."""

    reason: Reason
    until: str | None
    detail: str


class AttachmentView(BaseModel):
    """`url` of what was received works for ten minutes: read the message again for another."""

    url: str
    content_type: str | None
    size: int | None


class MessageView(BaseModel):
    """`to` for a message that was sent, `from` for one that came in; the other is null. `group_id`: the same for all
    messages of one request.

    `parts_sent`, `parts_delivered`: parts of a longer text that the phone reported one by one.
    """

    model_config = ConfigDict(populate_by_name=True)

    id: str = Field(examples=["msg_374928374928"])
    group_id: str = Field(examples=["grp_374928374928"])
    direction: Direction
    to: str | None
    from_: str | None = Field(alias="from")
    type: Kind
    body: str
    attachments: list[AttachmentView]
    status: MessageStatus
    phone_id: str | None
    sim_slot: int | None
    segments: int
    parts_sent: int
    parts_delivered: int
    attempt: int
    created_at: str
    expires_at: str | None
    error: dict[str, Any] | None
    waiting: WaitView | None
    timeline: list[TimelineStep]


def view_of(message: Message, wait: Wait | None = None) -> MessageView:
    outgoing = message.direction is Direction.OUT
    return MessageView(
        id=ids.spell("msg", message.id),
        group_id=ids.spell("grp", message.group_id),
        direction=message.direction,
        to=message.peer if outgoing else None,
        from_=None if outgoing else message.peer,
        type=message.kind,
        body=message.text,
        attachments=[
            AttachmentView(url=found.url, content_type=found.content_type, size=found.size)
            for found in attachments_of(message)
        ],
        status=shown_status(message),
        phone_id=ids.spell("phn", message.phone) if message.phone is not None else None,
        sim_slot=message.sim_slot,
        segments=message.segments,
        parts_sent=len(message.parts_sent),
        parts_delivered=len(message.parts_delivered),
        attempt=message.attempt,
        created_at=rfc3339(message.created_at),
        expires_at=rfc3339(message.expires_at) if outgoing else None,
        error=error_of(message),
        waiting=wait_view(wait),
        timeline=[
            TimelineStep(at=rfc3339(entry.at), status=entry.status, step=entry.step) for entry in timeline(message)
        ],
    )


def wait_view(wait: Wait | None) -> WaitView | None:
    if wait is None:
        return None
    until = rfc3339(wait.until) if wait.until is not None else None
    return WaitView(reason=wait.reason, until=until, detail=wait.detail)


def error_of(message: Message) -> dict[str, Any] | None:
    """Why it ended badly; a failed delivery after a good hand-off is told apart by its reason."""
    if message.status is MessageStatus.UNDELIVERED:
        return {"reason": "undelivered", **(message.error or {})}
    return dict(message.error) if message.error else None
