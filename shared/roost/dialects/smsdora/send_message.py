"""POST /messages/send, as smsdora documents it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from roost.dialects.smsdora.errors import smsdora_error
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import NotFound
from roost.domain.messages import shown_status
from roost.usecases.send_message import send_message
from roost.usecases.submission import Accepted, Idempotency, Submission
from roost.web.caller import Caller, sender_with
from roost.web.dialect import dialect_router
from roost.web.idempotency import idempotency_of

router = dialect_router(smsdora_error, tags=["smsdora"])


class SmsdoraSendRequest(BaseModel):
    recipient: str = Field(description="E.164", examples=["+1234567890"])
    message: str = Field(description="1 to 1,600 characters")


class Device(BaseModel):
    id: str
    deviceName: str  # noqa: N815 - smsdora's spelling


class Sent(BaseModel):
    id: str
    recipient: str
    message: str
    status: str
    device: Device


class SendResponse(BaseModel):
    statusCode: int  # noqa: N815 - smsdora's spelling
    message: str
    data: Sent


class SmsdoraError(BaseModel):
    statusCode: int  # noqa: N815 - smsdora's spelling
    message: str
    error: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": SmsdoraError, "description": cause}
    for status, cause in {
        400: "No eligible device, or an invalid number or message",
        401: "Invalid, expired or revoked key",
        402: "The account's credits do not cover it",
        403: "The key lacks messages:send, its limit is reached, or the plan's",
        409: "The first request with this Idempotency-Key is still running",
        422: "The Idempotency-Key was used with another request",
        500: "Something broke on our side",
        503: "Too much changed at once: send the same request again",
    }.items()
}


@router.post("/messages/send", status_code=201, responses=REFUSALS, summary="Send an SMS (smsdora)")
async def send(
    request: SmsdoraSendRequest,
    response: Response,
    caller: Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))],
    idempotency: Annotated[Idempotency | None, Depends(idempotency_of)],
) -> SendResponse:
    """The phone that is online, enabled and was seen last sends it; without one it is refused."""
    wanted = Submission(
        request.recipient, request.message, to_field="recipient", text_field="message", online_only=True
    )
    accepted = send_message(caller.deps, caller.sender, wanted, idempotency)
    if accepted.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return _answer(accepted)


def _answer(accepted: Accepted) -> SendResponse:
    message, phone = accepted.message, accepted.phone
    if phone is None:
        raise NotFound("The device of this message was removed")
    data = Sent(
        id=ids.spell_hex(message.id),
        recipient=message.peer,
        message=message.text,
        status=shown_status(message),
        device=Device(id=ids.spell_hex(phone.number), deviceName=phone.name),
    )
    return SendResponse(statusCode=201, message="SMS queued for delivery", data=data)
