"""A phone's events from the wire. One that cannot be read is refused alone and stops nothing behind it."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from roost.domain import ids
from roost.domain.callbacks import Alert, JobEvent, LeaseAccepted, PhoneEvent, TextReceived, Unreadable
from roost.domain.instants import from_datetime
from roost.domain.messages import MessageStatus
from roost.domain.phone_clock import PhoneClock
from roost.domain.reports import JOB_EVENTS, Report

REPORTED_STEPS = {"sending": MessageStatus.SENDING, "sent": MessageStatus.SENT}

TIME: TypeAdapter[AwareDatetime] = TypeAdapter(AwareDatetime)


class WireEvent(BaseModel):
    event_id: str = Field(min_length=1, max_length=100)
    seq: int = 0
    boot_id: str
    at_wall: AwareDatetime
    at_elapsed: int
    type: str
    job_id: str | None = None
    attempt: int = 1
    lease_epoch: int = 0
    part: int | None = None
    data: dict[str, Any] = Field(default_factory=dict)


def read_event(raw: dict[str, Any], phone: int, clock: PhoneClock) -> PhoneEvent:
    try:
        event = WireEvent.model_validate(raw)
        happened_at = clock.happened_at(event.boot_id, from_datetime(event.at_wall), event.at_elapsed)
        return _typed(event, phone, happened_at)
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        return Unreadable(str(raw.get("event_id", ""))[:100], "invalid")


def _typed(event: WireEvent, phone: int, happened_at: int) -> PhoneEvent:
    data = event.data
    if event.type in JOB_EVENTS:
        return _job_event(event, phone, happened_at)
    if event.type == "lease.accepted":
        job_ids = tuple(_message_id(job_id) for job_id in data["job_ids"])
        return LeaseAccepted(event.event_id, int(data.get("lease_epoch", event.lease_epoch)), job_ids)
    if event.type == "sms.received":
        sender = str(data.get("from") or "unknown")
        return TextReceived(event.event_id, sender, str(data["text"]), data.get("sim_id"), happened_at)
    if event.type == "alert":
        return Alert(event.event_id, str(data["code"])[:60], str(data.get("detail") or "")[:200], happened_at)
    return Unreadable(event.event_id, "unknown_type")


def _job_event(event: WireEvent, phone: int, happened_at: int) -> JobEvent:
    data = event.data
    report = Report(
        type=event.type,
        phone=phone,
        attempt=event.attempt,
        lease_epoch=event.lease_epoch,
        at=happened_at,
        part=event.part,
        error=_error(data),
        reason=data.get("reason") or data.get("waited_for"),
        times=_times(event, happened_at),
    )
    return JobEvent(event.event_id, _message_id(event.job_id or ""), report)


def _error(data: dict[str, Any]) -> dict[str, Any] | None:
    """What is kept of a failure: names and numbers, never a text of the message."""
    known = {name: data["error"][name] for name in ("name", "code", "radio", "class") if name in data.get("error", {})}
    extra = {name: data[name] for name in ("partial", "parts_sent", "tp_status") if data.get(name) is not None}
    return {**known, **extra} or None


def _times(event: WireEvent, happened_at: int) -> dict[MessageStatus, int]:
    """The steps before the event, moved from the phone's wall clock to the server's by the event's own shift."""
    shift = happened_at - from_datetime(event.at_wall)
    times = event.data.get("times", {})
    return {status: _instant(times[name]) + shift for name, status in REPORTED_STEPS.items() if name in times}


def _instant(text: str) -> int:
    return from_datetime(TIME.validate_python(text))


def _message_id(text: str) -> int:
    number = ids.parse("msg", text)
    if number is None:
        raise ValueError("no message id")
    return number
