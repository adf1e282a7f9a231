"""/v1/otp: one-time codes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, Field

from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.send_message import phone_number_of
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.codes import CodeSettings, Reason
from roost.domain.instants import rfc3339
from roost.usecases.check_code import check_code
from roost.usecases.code_settings import change_code_settings, read_code_settings
from roost.usecases.send_code import CodeRequest, send_code
from roost.web.caller import Caller, caller_with, sender_with

router = eightms_router("One-time codes")

Sending = Annotated[Caller, Depends(sender_with(Scope.CODES_USE))]
User = Annotated[Caller, Depends(caller_with(Scope.CODES_USE))]
Owner = Annotated[Caller, Depends(caller_with(Scope.CODES_MANAGE))]

Length = Annotated[int | None, Field(ge=4, le=8, description="Digits")]
ExpiresIn = Annotated[int | None, Field(ge=60, le=900, description="Seconds")]
MaxAttempts = Annotated[int | None, Field(ge=1, le=10)]
Cooldown = Annotated[int | None, Field(ge=30, le=600, description="Seconds between two codes to one number")]
Template = Annotated[str | None, Field(max_length=480, description="The text, with {code} where the code goes")]


class SendCodeRequest(Strict):
    """What is left out is as in the settings."""

    to: str = Field(description="E.164", examples=["+14155551234"])
    length: Length = None
    expires_in: ExpiresIn = None
    max_attempts: MaxAttempts = None
    template: Template = None
    phone_id: str | None = None
    sim_slot: int | None = Field(default=None, ge=0, le=9)


class SentCodeView(BaseModel):
    """`message_id`: the message that carries the code; every listing shows its text with the code masked."""

    id: str = Field(examples=["otp_374928374928"])
    message_id: str = Field(examples=["msg_374928374928"])
    to: str
    expires_at: str
    expires_in: int


class CheckCodeRequest(Strict):
    to: str = Field(description="E.164, as in the request that sent the code")
    code: str = Field(min_length=1, max_length=32)


class CheckCodeView(BaseModel):
    """`attempts_left`: null where no code is open."""

    verified: bool
    reason: Reason | None
    attempts_left: int | None


class CodeSettingsView(BaseModel):
    length: int
    expires_in: int
    max_attempts: int
    cooldown: int
    template: str
    preview: str = Field(description="The text as a listing shows it")


class CodeSettingsChange(Strict):
    length: Length = None
    expires_in: ExpiresIn = None
    max_attempts: MaxAttempts = None
    cooldown: Cooldown = None
    template: Template = None


@router.post("/otp", status_code=201, responses=problems(404, 409, 429), summary="Send a one-time code")
async def send(request: SendCodeRequest, caller: Sending) -> SentCodeView:
    """Five per number in 24 hours, and a pause between two; a new code puts the one before it out of use."""
    changes = _given(request, "length", "expires_in", "max_attempts", "template")
    phone = phone_number_of(request.phone_id) if request.phone_id is not None else None
    wanted = CodeRequest(request.to, changes=changes, phone=phone, sim_slot=request.sim_slot)
    sent = send_code(caller.deps, caller.sender, wanted)
    return SentCodeView(
        id=ids.spell("otp", sent.message.id),
        message_id=ids.spell("msg", sent.message.id),
        to=sent.message.peer,
        expires_at=rfc3339(sent.expires_at),
        expires_in=sent.expires_in,
    )


@router.post("/otp/verify", responses=problems(), summary="Check a one-time code")
async def verify(request: CheckCodeRequest, caller: User) -> CheckCodeView:
    """A right code is good for once."""
    check = check_code(caller.deps, caller.account, request.to, request.code)
    return CheckCodeView(verified=check.verified, reason=check.reason, attempts_left=check.attempts_left)


@router.get("/otp/settings", responses=problems(), summary="The defaults of one-time codes")
async def read_settings(caller: User) -> CodeSettingsView:
    return _view(read_code_settings(caller.deps, caller.account))


@router.patch("/otp/settings", responses=problems(), summary="Change the defaults of one-time codes")
async def change_settings(request: CodeSettingsChange, caller: Owner) -> CodeSettingsView:
    changes = _given(request, *CodeSettings.__dataclass_fields__)
    return _view(change_code_settings(caller.deps, caller.account, changes))


def _given(request: BaseModel, *names: str) -> dict[str, Any]:
    return request.model_dump(include=set(names), exclude_none=True)


def _view(settings: CodeSettings) -> CodeSettingsView:
    return CodeSettingsView(**asdict(settings), preview=settings.shown_text)
