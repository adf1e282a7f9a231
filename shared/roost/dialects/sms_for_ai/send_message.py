"""POST /api/v1/sms/send."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field

from roost.dialects.sms_for_ai.balance import credits_usd
from roost.dialects.sms_for_ai.message_view import sms_view
from roost.dialects.sms_for_ai.rate_limits import rate_limit_headers
from roost.dialects.sms_for_ai.router import refusals, sms_for_ai_router
from roost.domain.api_keys import Scope
from roost.domain.conversions import conversion_token
from roost.domain.messages import Message
from roost.usecases.read_account import read_account
from roost.usecases.send_message import send_message
from roost.usecases.submission import Idempotency, Submission
from roost.web.caller import Caller, sender_with
from roost.web.idempotency import idempotency_of

router = sms_for_ai_router()


class SmsRequest(BaseModel):
    """`sender_id` is kept and shown with the message; a phone sends from its own number."""

    to: str = Field(description="E.164", examples=["+12025551234"])
    body: str = Field(description="1 to 1,600 characters", examples=["Your OTP is 482910."])
    sender_id: str | None = Field(
        default=None, pattern="^[A-Za-z0-9]{1,11}$", description="Letters and digits, at most 11 (3GPP TS 23.040)"
    )
    include_conversion_url: bool = False


class SentSms(BaseModel):
    id: int
    status: str
    to: str
    price_usd: float
    nvia_message_id: str


class SendResponse(SentSms):
    """Both documented forms: flat, and nested as the product's own samples read it. `balance`: in USD."""

    sms: SentSms
    balance: float
    conversion_url: str | None = None


@router.post(
    "/sms/send",
    responses=refusals(402, 409, 422, 503),
    response_model_exclude_none=True,
    summary="Send an SMS (SMS for AI)",
)
async def send(
    wanted: SmsRequest,
    request: Request,
    response: Response,
    caller: Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))],
    idempotency: Annotated[Idempotency | None, Depends(idempotency_of)],
) -> SendResponse:
    """The phone that is online, enabled and free first sends it; without one this answers 500 and charges nothing."""
    submission = Submission(to=wanted.to, text=wanted.body, sender_id=wanted.sender_id, online_only=True)
    accepted = send_message(caller.deps, caller.sender, submission, idempotency)
    response.headers.update(rate_limit_headers(accepted.quotas))
    if accepted.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    answer = sent_view(caller, accepted.message)
    if wanted.include_conversion_url:
        answer.conversion_url = _conversion_url(request, accepted.message)
    return answer


def sent_view(caller: Caller, message: Message) -> SendResponse:
    """With what is left after it."""
    sms = SentSms(**sms_view(message).model_dump(include=set(SentSms.model_fields)))
    balance = credits_usd(read_account(caller.deps, caller.account))
    return SendResponse(**sms.model_dump(), sms=sms, balance=balance)


def _conversion_url(request: Request, message: Message) -> str:
    return f"{str(request.base_url).rstrip('/')}/c/{conversion_token(message)}"
