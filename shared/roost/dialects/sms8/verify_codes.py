"""/ajax/otp-send.php and /ajax/otp-verify.php: POST only, answers without an envelope."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from roost.dialects.sms8.answers import text_only_error
from roost.dialects.sms8.message_view import date
from roost.dialects.sms8.router import Call, Fields, add_service, call_with
from roost.dialects.sms8.senders import Senders, selection_of
from roost.dialects.sms8.values import Flag, Option, PhoneNumber, Whole
from roost.domain.api_keys import Scope
from roost.domain.codes import CodeCheck
from roost.domain.selections import ANYBODY, Selection
from roost.usecases.check_code import check_code
from roost.usecases.send_code import CodeRequest, send_code
from roost.usecases.send_code import SentCode as Sent
from roost.usecases.send_selected import one_line
from roost.web.caller import Caller
from roost.web.dialect import dialect_router

router = dialect_router(text_only_error)

DEFAULTED = ("length", "expires_in", "max_attempts", "template")
"""What the account's settings decide where a request leaves it out."""


class SendCodeFields(Fields):
    phone: PhoneNumber = Field(description="E.164")
    length: Whole | None = Field(default=None, description="4 to 8 digits")
    expires_in: Whole | None = Field(default=None, description="60 to 900 seconds")
    max_attempts: Whole | None = Field(default=None, description="1 to 10")
    template: str | None = Field(default=None, description="The text, with {code} in it")
    devices: Senders = Field(default_factory=tuple, description='`1`, `2|0` or `[1,"2|0"]`')
    option: Option = Field(default=0, description="0: by `devices`; 1, 2: by one of all devices")
    use_random_device: Flag = Field(default=False, alias="useRandomDevice")


class CheckCodeFields(Fields):
    phone: PhoneNumber = Field(description="E.164")
    code: str = Field(max_length=32)


class SentCode(BaseModel):
    """`error` and, where waiting helps, `retry_after` in seconds stand in a refusal instead of the rest."""

    success: bool
    otp_id: int | None = None
    phone: str | None = None
    expires_at: str | None = None
    expires_in: int | None = None
    error: str | None = None
    retry_after: int | None = None


class CheckedCode(BaseModel):
    """`reason`: code_mismatch, expired, not_found or max_attempts."""

    success: bool
    verified: bool
    reason: str | None = None
    attempts_left: int | None = None
    error: str | None = None


async def send_a_code(
    call: Annotated[Call[SendCodeFields], Depends(call_with(Scope.CODES_USE, SendCodeFields, sends=True))],
) -> Response:
    """Five per number in 24 hours, and a pause between two. The code itself is in no answer."""
    caller, wanted = call.caller, call.fields
    named = wanted.devices or wanted.option or wanted.use_random_device
    selection = selection_of(caller, wanted.devices, wanted.option, wanted.use_random_device) if named else ANYBODY
    request = code_request(caller, wanted.phone, wanted, selection)
    return JSONResponse(sent_code(send_code(caller.deps, caller.sender, request)))


def code_request(caller: Caller, phone: str, settings: BaseModel, selection: Selection) -> CodeRequest:
    """`settings`: has the DEFAULTED members, None where the account's own are to hold."""
    line = one_line(caller.deps, caller.account, selection)
    return CodeRequest(
        phone,
        to_field="phone",
        changes=settings.model_dump(include=set(DEFAULTED), exclude_none=True),
        phone=line.phone if line else None,
        sim_slot=line.sim_slot if line else None,
    )


def sent_code(sent: Sent) -> dict[str, Any]:
    """The members of SentCode."""
    return {
        "success": True,
        "otp_id": sent.message.id,
        "phone": sent.message.peer,
        "expires_at": date(sent.expires_at),
        "expires_in": sent.expires_in,
    }


async def verify_a_code(
    call: Annotated[Call[CheckCodeFields], Depends(call_with(Scope.CODES_USE, CheckCodeFields))],
) -> Response:
    """Against the newest code of this number. A wrong guess is an answer, not a failure of the call."""
    caller, wanted = call.caller, call.fields
    return JSONResponse(checked_code(check_code(caller.deps, caller.account, wanted.phone, wanted.code)))


def checked_code(check: CodeCheck) -> dict[str, Any]:
    """The members of CheckedCode."""
    if check.reason is None:
        return {"success": True, "verified": True}
    left = {} if check.attempts_left is None else {"attempts_left": check.attempts_left}
    return {"success": True, "verified": False, "reason": check.reason, **left, "error": "Invalid or expired code"}


add_service(
    router,
    send_a_code,
    "/ajax/otp-send.php",
    fields=SendCodeFields,
    key="api_key",
    methods=("POST",),
    response_model=SentCode,
    summary="Send a one-time code",
)
add_service(
    router,
    verify_a_code,
    "/ajax/otp-verify.php",
    fields=CheckCodeFields,
    key="api_key",
    methods=("POST",),
    response_model=CheckedCode,
    summary="Check a one-time code",
)
