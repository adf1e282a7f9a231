"""/services/send.php: one text to one or many, many texts, a contacts list; with the key alone, the balance."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Response
from pydantic import BaseModel, BeforeValidator, Field

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_view import Sms8Message, message_view
from roost.dialects.sms8.router import Call, Fields, add_service, call_with
from roost.dialects.sms8.senders import Senders
from roost.dialects.sms8.values import TEXT, Flag, Json, Links, PhoneNumber, PhoneNumbers, Timestamp, Whole, read_word
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest, NoEligiblePhone
from roost.domain.instants import SECOND
from roost.domain.messages import Priority
from roost.domain.routing import primary_phone
from roost.usecases.manage_phones import list_account_phones
from roost.usecases.send_message import Submission, send_message
from roost.web.caller import Caller
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)

Type = Annotated[Literal["sms", "mms"], BeforeValidator(read_word)]


class BatchItem(BaseModel):
    """One of `messages`."""

    number: PhoneNumber
    message: str
    type: Type = "sms"
    attachments: Links = Field(default_factory=list)


class SendFields(Fields):
    number: PhoneNumbers | None = Field(default=None, description="E.164; several with commas between them")
    message: str | None = Field(default=None, description="1 to 1,600 characters")
    messages: Annotated[list[BatchItem], Json, TEXT] | None = Field(
        default=None, description="JSON: `[{number, message, type, attachments}]`"
    )
    list_id: Whole | None = Field(default=None, alias="listID", description="Send to each subscriber of this list")
    devices: Senders = Field(
        default_factory=tuple, description='`1`, `2|0` (device 2, SIM 0) or `[1,"2|0"]`; without it the primary device'
    )
    option: Literal[0, 1, 2] = Field(
        default=0, description="0: by `devices`; 1: by all devices; 2: by all SIMs of all devices"
    )
    use_random_device: Flag = Field(default=False, alias="useRandomDevice", description="By one of the senders only")
    prioritize: Flag = Field(default=False, description="Before what waits")
    type: Type = "sms"
    attachments: Links = Field(default_factory=list, description="Links to images, with commas; MMS only")
    schedule: Timestamp | None = Field(default=None, description="Not before this Unix timestamp; 0 is now")


class Sms8Sent(BaseModel):
    """`credits`: only where nothing was to be sent: a number, or `Unlimited`."""

    messages: list[Sms8Message] | None = None
    credits: int | str | None = None


async def send(
    call: Annotated[Call[SendFields], Depends(call_with(Scope.MESSAGES_SEND, SendFields, sends=True))],
) -> Response:
    """Accepted and durable when this answers; all of it or nothing."""
    caller, wanted = call.caller, call.fields
    if wanted.number is None and wanted.message is None:
        return answer({"credits": "Unlimited"})
    if wanted.number is None or wanted.message is None:
        raise InvalidRequest.of("number" if wanted.number is None else "message", "is missing")
    messages = [send_message(caller.deps, caller.sender, _submission(caller, wanted)).message]
    return answer({"messages": [message_view(message) for message in messages]})


def _submission(caller: Caller, wanted: SendFields) -> Submission:
    if wanted.devices:
        phone: int | None = wanted.devices[0].phone
    else:
        primary = primary_phone(*list_account_phones(caller.deps, caller.account))
        if primary is None:
            raise NoEligiblePhone
        phone = primary.number
    return Submission(
        to=(wanted.number or [""])[0],
        text=wanted.message or "",
        to_field="number",
        text_field="message",
        phone=phone,
        sim_slot=wanted.devices[0].slot if wanted.devices else None,
        priority=Priority.URGENT if wanted.prioritize else Priority.NORMAL,
        send_at=wanted.schedule * SECOND if wanted.schedule else None,
    )


add_service(
    router,
    send,
    "/services/send.php",
    fields=SendFields,
    response_model=Envelope[Sms8Sent],
    summary="Send messages, or read the balance",
)
