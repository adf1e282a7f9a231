"""POST /v1/sms/send."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Response
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from roost.dialects.eightms.contact_view import parsed_contact
from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.send_options import SendOptions
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.attachments import MOST_ATTACHMENTS
from roost.domain.errors import InvalidRequest, NotFound
from roost.domain.instants import SECOND, from_datetime
from roost.domain.messages import MAX_LIFETIME, Kind, Priority
from roost.domain.waiting import why_waiting
from roost.usecases.manage_contacts import find_contact
from roost.usecases.send_message import send_message
from roost.usecases.submission import Idempotency, Submission
from roost.web.caller import Caller, sender_with
from roost.web.idempotency import idempotency_of
from roost.web.rate_limit import rate_limit_headers

router = eightms_router("Messages")

PRIORITIES = {"bulk": Priority.BULK, "normal": Priority.NORMAL, "urgent": Priority.URGENT}


class Reassign(Strict):
    reassign_after_seconds: int = Field(ge=60, le=MAX_LIFETIME // SECOND)


class SendRequest(SendOptions):
    contact_id: str | None = Field(default=None, description="Instead of `to`: the contact it goes to")
    to: str | None = Field(
        default=None, validate_default=True, description="E.164; or name a contact", examples=["+14155551234"]
    )
    body: str = Field(
        description="1 to 1,600 characters; empty if an MMS goes without", examples=["Hello from my own phone"]
    )
    type: Literal["sms", "mms"] = "sms"
    attachments: list[str] = Field(
        default_factory=list,
        max_length=MOST_ATTACHMENTS,
        description="Public https URLs of pictures, sound or video for an MMS. The phone fetches them, 1 MB in all",
    )
    phone_id: str | None = Field(default=None, description="Send by this phone; without it the one seen last")
    sim_slot: int | None = Field(
        default=None, ge=0, le=9, description="0 is the first SIM; without it the phone's default"
    )
    priority: str = Field(default="normal", pattern="^(bulk|normal|urgent)$")
    on_phone_silent: Literal["wait"] | Reassign = Field(
        default="wait",
        description="What happens to a text that a phone took and then fell silent: `wait` until it calls again or the "
        "text's time is over, or let another phone try after so many seconds, which accepts that it may arrive twice",
    )

    @field_validator("to")
    @classmethod
    def _is_for_somebody(cls, to: str | None, info: ValidationInfo) -> str | None:
        """Said together with what else is wrong, not after that is mended."""
        if to is None and info.data.get("contact_id") is None:
            raise PydanticCustomError("missing", "is missing: give a number, or a contact_id instead")
        return to


@router.post("/sms/send", status_code=201, responses=problems(402, 404, 409, 503), summary="Send an SMS")
async def send(
    request: SendRequest,
    response: Response,
    caller: Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))],
    idempotency: Annotated[Idempotency | None, Depends(idempotency_of)],
) -> MessageView:
    """Accepted and durable when this answers. Repeat it safely with an `Idempotency-Key`."""
    submission = _submission(request, _recipient(caller, request))
    accepted = send_message(caller.deps, caller.sender, submission, idempotency)
    response.headers.update(rate_limit_headers(accepted.quotas))
    if accepted.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    message = accepted.message
    wait = why_waiting(message, accepted.phone, message.created_at)
    return view_of(message, wait)


def _recipient(caller: Caller, request: SendRequest) -> str:
    """Raises InvalidRequest and NotFound."""
    if request.contact_id is None:
        return str(request.to)  # the request was refused if both are missing
    if request.to is not None:
        raise InvalidRequest.of("contact_id", "and to exclude each other: give one of the two")
    return find_contact(caller.deps, caller.account, parsed_contact(request.contact_id)).number


def _submission(request: SendRequest, number: str) -> Submission:
    return Submission(
        to=number,
        to_field="to" if request.contact_id is None else "contact_id",
        text=request.body,
        kind=Kind(request.type),
        attachments=tuple(request.attachments),
        phone=phone_number_of(request.phone_id) if request.phone_id is not None else None,
        sim_slot=request.sim_slot,
        priority=PRIORITIES[request.priority],
        lifetime=request.ttl_seconds * SECOND,
        send_at=from_datetime(request.send_at) if request.send_at is not None else None,
        retry_unknown=request.on_unknown == "resend",
        reassign_after=None
        if request.on_phone_silent == "wait"
        else request.on_phone_silent.reassign_after_seconds * SECOND,
    )


def phone_number_of(phone_id: str) -> int:
    """Raises NotFound: an id nobody could have is an id of nobody's phone."""
    number = ids.parse("phn", phone_id)
    if number is None:
        raise NotFound(f"No phone {phone_id[:40]}: GET /v1/phones lists yours")
    return number
