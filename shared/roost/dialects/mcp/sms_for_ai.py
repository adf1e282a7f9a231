"""SMS for AI's tools: the same permission, charging, limits and rows as its REST calls."""

from __future__ import annotations

from pydantic import Field

from roost.dialects.mcp.repeats import NOTE, idempotency_of
from roost.dialects.mcp.tool import READS, SENDS, Arguments, NoArguments, Repeat, Tool, ToolCall
from roost.dialects.sms_for_ai.balance import credits_usd
from roost.dialects.sms_for_ai.read_account import Balance
from roost.dialects.sms_for_ai.read_messages import SmsPage, sms_page
from roost.dialects.sms_for_ai.send_message import SendResponse, sent_view
from roost.dialects.sms_for_ai.statuses import SmsStatus
from roost.domain.api_keys import Scope
from roost.usecases.page_messages import MOST_LISTED
from roost.usecases.read_account import read_account
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission

PATH = "/api/v1/sms"


class SendSms(Arguments):
    to: str = Field(description="To whom: one number in E.164 format, for example +12025551234")
    body: str = Field(description="The text, 1 to 1,600 characters")
    sender_id: str | None = Field(default=None, pattern="^[A-Za-z0-9]{1,11}$", description="Kept with the message")
    repeat: Repeat = False


class SentSms(SendResponse):
    note: str | None = None


class ListSms(Arguments):
    status: SmsStatus | None = Field(default=None, description="Only those with this status")
    page: int = Field(default=1, ge=1, le=MOST_LISTED)
    limit: int = Field(default=15, ge=1, le=100, description="Messages on a page")


def send_sms(call: ToolCall[SendSms]) -> SentSms:
    wanted, caller = call.arguments, call.caller
    submission = Submission(to=wanted.to, text=wanted.body, sender_id=wanted.sender_id, online_only=True)
    once = idempotency_of(caller.api_key, "sms_for_ai.send_sms", wanted, repeat=wanted.repeat)
    accepted = send_message(caller.deps, caller.sender, submission, once)
    answer = SentSms(**sent_view(caller, accepted.message).model_dump(exclude_unset=True))
    return answer.model_copy(update={"note": NOTE}) if accepted.replayed else answer


def get_balance(call: ToolCall[NoArguments]) -> Balance:
    return Balance(credits_usd=credits_usd(read_account(call.caller.deps, call.caller.account)))


def list_sms(call: ToolCall[ListSms]) -> SmsPage:
    wanted = call.arguments
    filters = {"per_page": str(wanted.limit)} | ({"status": wanted.status.value} if wanted.status else {})
    return sms_page(call.caller, wanted.status, wanted.page, wanted.limit, f"{call.base_url}{PATH}", filters)


TOOLS = (
    Tool(
        name="send_sms",
        title="Send an SMS",
        description="Send one text message to one phone number. It really sends, and it may cost credits.",
        scopes=frozenset({Scope.MESSAGES_SEND}),
        arguments=SendSms,
        result=SentSms,
        hints=SENDS,
        run=send_sms,
        sends=True,
    ),
    Tool(
        name="get_balance",
        title="Read the balance",
        description="The credits left, in US dollars.",
        scopes=frozenset({Scope.ACCOUNT_READ}),
        arguments=NoArguments,
        result=Balance,
        hints=READS,
        run=get_balance,
    ),
    Tool(
        name="list_sms",
        title="List sent messages",
        description="Sent messages, newest first, in pages.",
        scopes=frozenset({Scope.MESSAGES_READ}),
        arguments=ListSms,
        result=SmsPage,
        hints=READS,
        run=list_sms,
    ),
)
