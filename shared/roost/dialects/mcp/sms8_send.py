"""SMS8's tools that send: send_sms, send_otp; and verify_otp."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from roost.dialects.mcp.repeats import NOTE, idempotency_of
from roost.dialects.mcp.senders import BySenders, selection, selection_or_anybody
from roost.dialects.mcp.tool import SENDS, Arguments, Hints, Repeat, Tool, ToolCall
from roost.dialects.sms8.values import PhoneNumber, Text, Whole
from roost.dialects.sms8.verify_codes import CheckedCode, SentCode, checked_code, code_request, sent_code
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.messages import Message, shown_status
from roost.usecases.check_code import check_code
from roost.usecases.send_code import send_code
from roost.usecases.send_selected import send_selected
from roost.usecases.submission import Accepted, Submission


class SendSms(BySenders):
    phone: PhoneNumber = Field(description="To whom: one number in E.164 format, for example +14155551234")
    message: Text = Field(description="The text, 1 to 1,600 characters")
    repeat: Repeat = False


class SentSms(BaseModel):
    """`senders`: phone and SIM slot, `2|0`. `status_url`: needs the key as well."""

    success: bool
    message_id: int
    phone: str
    senders: list[str]
    status: str
    status_url: str
    note: str | None = None


class SendOtp(BySenders):
    phone: PhoneNumber = Field(description="To whom: one number in E.164 format")
    length: Whole | None = Field(default=None, description="4 to 8 digits")
    template: str | None = Field(default=None, description="The text, with {code} in it")
    expires_in: Whole | None = Field(default=None, description="60 to 900 seconds")
    max_attempts: Whole | None = Field(default=None, description="1 to 10 guesses")


class VerifyOtp(Arguments):
    phone: PhoneNumber = Field(description="The number that the code was sent to")
    code: Text = Field(max_length=32, description="What the person typed")


def send_sms(call: ToolCall[SendSms]) -> SentSms:
    wanted, caller = call.arguments, call.caller
    submission = Submission(wanted.phone, wanted.message, to_field="phone", text_field="message")
    once = idempotency_of(caller.api_key, "send_sms", wanted, repeat=wanted.repeat)
    accepted = send_selected(caller.deps, caller.sender, submission, selection(caller, wanted), once)
    return sent_view(call, accepted)


def sent_view(call: ToolCall[Any], accepted: Accepted) -> SentSms:
    message = accepted.message
    answer = SentSms(
        success=True,
        message_id=message.id,
        phone=message.peer,
        senders=_senders(message),
        status=shown_status(message),
        status_url=f"{call.base_url}/v1/messages/{ids.spell('msg', message.id)}",
    )
    return answer.model_copy(update={"note": NOTE}) if accepted.replayed else answer


def _senders(message: Message) -> list[str]:
    if message.phone is None:
        return []
    return [str(message.phone) if message.sim_slot is None else f"{message.phone}|{message.sim_slot}"]


def send_otp(call: ToolCall[SendOtp]) -> SentCode:
    wanted, caller = call.arguments, call.caller
    request = code_request(caller, wanted.phone, wanted, selection_or_anybody(caller, wanted))
    return SentCode(**sent_code(send_code(caller.deps, caller.sender, request)))


def verify_otp(call: ToolCall[VerifyOtp]) -> CheckedCode:
    wanted, caller = call.arguments, call.caller
    return CheckedCode(**checked_code(check_code(caller.deps, caller.account, wanted.phone, wanted.code)))


TOOLS = (
    Tool(
        name="send_sms",
        title="Send an SMS",
        description="Send one text message to one phone number through the user's own Android phone. It really sends.",
        scopes=frozenset({Scope.MESSAGES_SEND}),
        arguments=SendSms,
        result=SentSms,
        hints=SENDS,
        run=send_sms,
        sends=True,
    ),
    Tool(
        name="send_otp",
        title="Send a one-time code",
        description="Text a fresh one-time code to a phone number. The code is in no answer: ask the person for it and "
        "check it with verify_otp.",
        scopes=frozenset({Scope.CODES_USE}),
        arguments=SendOtp,
        result=SentCode,
        hints=SENDS,
        run=send_otp,
        sends=True,
    ),
    Tool(
        name="verify_otp",
        title="Check a one-time code",
        description="Check what a person typed against the newest code sent to this number. Guesses are counted.",
        scopes=frozenset({Scope.CODES_USE}),
        arguments=VerifyOtp,
        result=CheckedCode,
        hints=Hints(),
        run=verify_otp,
    ),
)
