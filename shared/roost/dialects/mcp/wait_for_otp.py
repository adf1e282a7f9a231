"""SMS8's wait_for_otp. API Gateway answers for a function after 30 s, so a longer wait is told how to go on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from roost.dialects.mcp.senders import SLOT, SLOT_TEXT
from roost.dialects.mcp.tool import Arguments, Hints, Tool, ToolCall
from roost.dialects.sms8.message_view import date
from roost.dialects.sms8.values import Slot, Whole
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.inbound_codes import AwaitedCode
from roost.domain.instants import HOUR, SECOND, from_datetime, rfc3339
from roost.domain.messages import Direction
from roost.usecases.read_messages import MessageFilter
from roost.usecases.wait_for_code import Waited, wait_for_code
from roost.web.moments import Moment

SHORTEST_WAIT = 5
EARLIEST = HOUR
"""How far back `since` may lie: a code that old is worth nothing."""


class WaitForOtp(Arguments):
    sender_phone: str | None = Field(default=None, max_length=40, description="From this number or name only")
    device_id: Whole | None = Field(default=None, description="On this phone only")
    sim_slot: Annotated[Slot, SLOT_TEXT] | None = Field(default=None, description=SLOT)
    timeout_seconds: int = Field(
        default=60, ge=SHORTEST_WAIT, le=180, description="Of the whole wait: more than 24 takes several calls"
    )
    code_min_length: int = Field(default=4, ge=3, le=12)
    code_max_length: int = Field(default=8, ge=3, le=12)
    contains: str | None = Field(default=None, max_length=200, description="Only a text with this part in it")
    since: Moment | None = Field(
        default=None, description="Go on with a wait that timed out: the `since` of its answer"
    )


class OtpWait(BaseModel):
    """`reason`: timeout. `since`, `remaining_seconds`, `next_step`: how to go on after it."""

    success: bool
    code: str | None = None
    sender: str | None = None
    message: str | None = None
    received_at: str | None = None
    device_id: int | None = None
    sim_slot: int | None = None
    reason: str | None = None
    elapsed_seconds: int
    polls: int
    since: str | None = None
    remaining_seconds: int | None = None
    next_step: str | None = None


def wait_for_otp(call: ToolCall[WaitForOtp]) -> OtpWait:
    """Only what came in after the first call of a wait began."""
    wanted, deps = call.arguments, call.caller.deps
    if wanted.code_min_length > wanted.code_max_length:
        raise InvalidRequest.of("code_min_length", "is more than code_max_length")
    began = deps.now()
    since = max(from_datetime(wanted.since), began - EARLIEST) if wanted.since else began
    awaited = AwaitedCode(wanted.sender_phone, wanted.contains, wanted.code_min_length, wanted.code_max_length)
    selected = MessageFilter(
        direction=Direction.IN, phone=wanted.device_id, sim_slot=wanted.sim_slot, since=min(since, began)
    )
    until = min(began + wanted.timeout_seconds * SECOND, call.until)
    waited = wait_for_code(deps, call.caller.account, awaited, selected, until)
    elapsed = (deps.now() - began) // SECOND
    return _found(waited, elapsed) if waited.message else _timed_out(waited, elapsed, wanted, min(since, began))


def _found(waited: Waited, elapsed: int) -> OtpWait:
    assert waited.message is not None
    return OtpWait(
        success=True,
        code=waited.code,
        sender=waited.message.peer,
        message=waited.message.text,
        received_at=date(waited.message.created_at),
        device_id=waited.message.phone,
        sim_slot=waited.message.sim_slot,
        elapsed_seconds=elapsed,
        polls=waited.polls,
    )


def _timed_out(waited: Waited, elapsed: int, wanted: WaitForOtp, since: int) -> OtpWait:
    left = max(0, wanted.timeout_seconds - elapsed)
    again = (
        f"One call waits for less than 30 s. To go on, call wait_for_otp with the same arguments, "
        f"since={rfc3339(since)} and timeout_seconds={max(left, SHORTEST_WAIT)}: what comes in meanwhile is found."
    )
    return OtpWait(
        success=False,
        reason="timeout",
        elapsed_seconds=elapsed,
        polls=waited.polls,
        since=rfc3339(since),
        remaining_seconds=left,
        next_step=again if left else "No code came in time: ask for a new one, or wait again with the same `since`.",
    )


TOOLS = (
    Tool(
        name="wait_for_otp",
        title="Wait for a one-time code",
        description="Wait until a text with a code comes in on one of the phones, and read the code. Call it right "
        "after the code was asked for. The API ends every request after 30 s, so one call waits up to 24 s: after a "
        "timeout, call it again with the answer's `since`.",
        scopes=frozenset({Scope.MESSAGES_READ}),
        arguments=WaitForOtp,
        result=OtpWait,
        hints=Hints(read_only=True, open_world=True),
        run=wait_for_otp,
    ),
)
