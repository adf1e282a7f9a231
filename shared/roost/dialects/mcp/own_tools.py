"""Roost's own tools: schedule_sms, cancel_sms, why_waiting."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from roost.dialects.eightms.message_view import WaitView, error_of, wait_view
from roost.dialects.mcp.repeats import idempotency_of
from roost.dialects.mcp.senders import ByDevice
from roost.dialects.mcp.sms8_send import SentSms, sent_view
from roost.dialects.mcp.tool import READS, SENDS, Arguments, Hints, Repeat, Tool, ToolCall
from roost.dialects.sms8.values import PhoneNumber, Text
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.instants import from_datetime
from roost.domain.messages import Message, shown_status
from roost.usecases.cancel_message import cancel_message
from roost.usecases.explain_waits import waits_of
from roost.usecases.read_messages import read_message
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission
from roost.web.moments import Moment

MessageId = Annotated[
    str, BeforeValidator(str), Field(max_length=30, description="The message_id that send_sms or schedule_sms answered")
]


class ScheduleSms(ByDevice):
    phone: PhoneNumber = Field(description="To whom: one number in E.164 format, for example +14155551234")
    message: Text = Field(description="The text, 1 to 1,600 characters")
    send_at: Moment = Field(description="When: ISO 8601 with its zone, for example 2026-11-21T09:00:00+01:00")
    repeat: Repeat = False


class OneMessage(Arguments):
    message_id: MessageId


class MessageState(BaseModel):
    """`status`: canceled at once while no phone holds it; `canceling`: its phone is asked, it may have left."""

    success: bool
    message_id: int
    status: str


class WhyWaiting(MessageState):
    """`waiting`: null for a message that is being sent or has ended; `error`: why it ended badly."""

    summary: str
    waiting: WaitView | None
    error: dict[str, object] | None


def schedule_sms(call: ToolCall[ScheduleSms]) -> SentSms:
    wanted, caller = call.arguments, call.caller
    [line] = wanted.named or [None]
    submission = Submission(
        wanted.phone,
        wanted.message,
        to_field="phone",
        text_field="message",
        phone=line.phone if line else None,
        sim_slot=line.sim_slot if line else None,
        send_at=from_datetime(wanted.send_at),
    )
    once = idempotency_of(caller.api_key, "schedule_sms", wanted, repeat=wanted.repeat)
    return sent_view(call, send_message(caller.deps, caller.sender, submission, once))


def cancel_sms(call: ToolCall[OneMessage]) -> MessageState:
    caller = call.caller
    message = cancel_message(caller.deps, caller.account, ids.parse("msg", call.arguments.message_id))
    return MessageState(success=True, message_id=message.id, status=shown_status(message))


def why_waiting(call: ToolCall[OneMessage]) -> WhyWaiting:
    caller = call.caller
    message = read_message(caller.deps, caller.account, ids.parse("msg", call.arguments.message_id))
    wait = wait_view(waits_of(caller.deps, [message])[message.id])
    return WhyWaiting(
        success=True,
        message_id=message.id,
        status=shown_status(message),
        summary=_summary(message, wait),
        waiting=wait,
        error=error_of(message),
    )


def _summary(message: Message, wait: WaitView | None) -> str:
    return f"It waits: {wait.detail}." if wait else f"It does not wait: it is {shown_status(message)}."


TOOLS = (
    Tool(
        name="schedule_sms",
        title="Schedule an SMS",
        description="Send one text message later, at a time given with its zone. cancel_sms stops it until then.",
        scopes=frozenset({Scope.MESSAGES_SEND}),
        arguments=ScheduleSms,
        result=SentSms,
        hints=SENDS,
        run=schedule_sms,
        sends=True,
    ),
    Tool(
        name="cancel_sms",
        title="Cancel an SMS",
        description="Stop a message that has not left its phone yet.",
        scopes=frozenset({Scope.MESSAGES_SEND}),
        arguments=OneMessage,
        result=MessageState,
        hints=Hints(destructive=True, idempotent=True),
        run=cancel_sms,
    ),
    Tool(
        name="why_waiting",
        title="Why a message waits",
        description="Why a message has not been sent yet, and when it is expected to leave.",
        scopes=frozenset({Scope.MESSAGES_READ}),
        arguments=OneMessage,
        result=WhyWaiting,
        hints=READS,
        run=why_waiting,
    ),
)
