"""A phone's events from the wire. One that cannot be read is refused alone and stops nothing behind it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from roost.domain import ids
from roost.domain.attachments import CONTENT_TYPE, MEDIA_ID, MOST_PARTS_IN, Part
from roost.domain.callbacks import (
    Alert,
    CallMissed,
    JobEvent,
    LeaseAccepted,
    MmsReceived,
    PhoneEvent,
    TextReceived,
    Unreadable,
)
from roost.domain.instants import from_datetime
from roost.domain.messages import MessageStatus
from roost.domain.phone_clock import PhoneClock
from roost.domain.reports import JOB_EVENTS, Report
from roost.web.moments import Moment


def whole_characters(text: str) -> str:
    """Halves of surrogate pairs, which some handsets produce, as the replacement character: nothing can store them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Text = Annotated[str, AfterValidator(whole_characters)]
ShortText = Annotated[str, AfterValidator(whole_characters), Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Code = Annotated[int, Field(ge=-(2**31), le=2**31)]


class ErrorData(BaseModel):
    """What is kept of a radio error: names and numbers, never a text of the message."""

    name: ShortText | None = None
    code: Code | None = None
    radio: Code | None = None
    kind: ShortText | None = Field(default=None, alias="class")


class Times(BaseModel):
    sending: Moment | None = None
    sent: Moment | None = None


class JobData(BaseModel):
    error: ErrorData = Field(default_factory=ErrorData)
    partial: bool | None = None
    parts_sent: Count | None = None
    tp_status: Count | None = None
    reason: ShortText | None = None
    waited_for: ShortText | None = None
    times: Times = Field(default_factory=Times)


class UssdData(BaseModel):
    """`ok` false: the network refused or did not understand; `error` says how."""

    ok: bool
    text: Annotated[Text, Field(max_length=4_000)] = ""
    error: ErrorData = Field(default_factory=ErrorData)


class MmsPart(BaseModel):
    media_id: str = Field(pattern=f"^{MEDIA_ID.pattern}$")
    content_type: str = Field(pattern=f"^{CONTENT_TYPE.pattern}$")
    size: Count = 0


class MmsData(BaseModel):
    """`parts`: uploaded before this is told."""

    sender: ShortText = Field(default="unknown", alias="from")
    subject: ShortText = ""
    text: Text = ""
    sim_id: ShortText | None = None
    parts: list[MmsPart] = Field(default_factory=list, max_length=MOST_PARTS_IN)


class CallData(BaseModel):
    sender: ShortText = Field(default="unknown", alias="from")
    sim_id: ShortText | None = None


class LeaseData(BaseModel):
    job_ids: list[str] = Field(max_length=100)
    lease_epoch: Count | None = None


class ReceivedData(BaseModel):
    sender: ShortText = Field(default="unknown", alias="from")
    text: Text
    sim_id: ShortText | None = None


class AlertData(BaseModel):
    code: ShortText
    detail: ShortText = ""


class WireEvent(BaseModel):
    event_id: ShortText = Field(min_length=1)
    boot_id: ShortText
    at_wall: Moment
    at_elapsed: Count
    type: ShortText
    job_id: ShortText = ""
    attempt: Annotated[int, Field(ge=1, le=1_000)] = 1
    lease_epoch: Count = 0
    part: Annotated[int, Field(ge=0, le=255)] | None = None
    data: dict[str, Any] = Field(default_factory=dict)


def read_event(raw: dict[str, Any], phone: int, clock: PhoneClock) -> PhoneEvent:
    """Unknown members are ignored, and null is the same as absent (protocol §2)."""
    try:
        event = WireEvent.model_validate(_without_nulls(raw))
        happened_at = clock.happened_at(event.boot_id, from_datetime(event.at_wall), event.at_elapsed)
        return _typed(event, phone, happened_at)
    except (ValidationError, ValueError, OverflowError):
        return Unreadable(whole_characters(str(raw.get("event_id", ""))), "invalid")


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return value


def _typed(event: WireEvent, phone: int, happened_at: int) -> PhoneEvent:
    if event.type == "ussd.result":
        return JobEvent(event.event_id, _message_id(event.job_id), _ussd_report(event, phone, happened_at))
    if event.type in JOB_EVENTS:
        return JobEvent(event.event_id, _message_id(event.job_id), _report(event, phone, happened_at))
    if event.type == "lease.accepted":
        lease = LeaseData.model_validate(event.data)
        epoch = lease.lease_epoch if lease.lease_epoch is not None else event.lease_epoch
        return LeaseAccepted(event.event_id, epoch, tuple(_message_id(job_id) for job_id in lease.job_ids))
    if event.type == "sms.received":
        received = ReceivedData.model_validate(event.data)
        return TextReceived(event.event_id, received.sender, received.text, received.sim_id, happened_at)
    if event.type == "mms.received":
        return _mms(event.event_id, MmsData.model_validate(event.data), happened_at)
    if event.type == "call.missed":
        call = CallData.model_validate(event.data)
        return CallMissed(event.event_id, call.sender, call.sim_id, happened_at)
    if event.type == "alert":
        alert = AlertData.model_validate(event.data)
        return Alert(event.event_id, alert.code, alert.detail, happened_at)
    return Unreadable(event.event_id, "unknown_type")


def _report(event: WireEvent, phone: int, happened_at: int) -> Report:
    data = JobData.model_validate(event.data)
    error = data.error.model_dump(exclude_none=True, by_alias=True)
    error |= data.model_dump(include={"partial", "parts_sent", "tp_status"}, exclude_none=True)
    shift = happened_at - from_datetime(event.at_wall)
    times = {MessageStatus.SENDING: data.times.sending, MessageStatus.SENT: data.times.sent}
    return Report(
        type=event.type,
        phone=phone,
        attempt=event.attempt,
        lease_epoch=event.lease_epoch,
        at=happened_at,
        part=event.part,
        error=error or None,
        reason=data.reason or data.waited_for,
        times={step: min(from_datetime(at) + shift, happened_at) for step, at in times.items() if at is not None},
    )


def _mms(event_id: str, mms: MmsData, happened_at: int) -> MmsReceived:
    text = "\n".join(said for said in (mms.subject, mms.text) if said)
    parts = tuple(Part(part.media_id, part.content_type, part.size) for part in mms.parts)
    return MmsReceived(event_id, mms.sender, text, mms.sim_id, parts, happened_at)


def _ussd_report(event: WireEvent, phone: int, happened_at: int) -> Report:
    data = UssdData.model_validate(event.data)
    error = {"name": "ussd_failed", **data.error.model_dump(exclude_none=True, by_alias=True)}
    return Report(
        type=event.type,
        phone=phone,
        attempt=event.attempt,
        lease_epoch=event.lease_epoch,
        at=happened_at,
        error=None if data.ok else error,
        answer=data.text if data.ok else None,
    )


def _message_id(text: str) -> int:
    number = ids.parse("msg", text)
    if number is None:
        raise ValueError("no message id")
    return number
