"""SMS8's tools that read: get_messages, list_devices, get_balance."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from roost.dialects.mcp.tool import READS, Arguments, NoArguments, Tool, ToolCall
from roost.dialects.sms8.device_view import DeviceView, devices_of
from roost.dialects.sms8.message_view import message_view
from roost.dialects.sms8.run_action import DIRECTIONS
from roost.domain.api_keys import Scope
from roost.domain.phone_numbers import as_e164
from roost.usecases.read_account import read_account
from roost.usecases.read_messages import MessageFilter, list_messages

HELP_WITH_DEVICES = (
    "device_id of send_sms is an `id` of this list. A phone that is not in it is disabled or not paired yet: "
    "its owner pairs one on the page at pair_new_url."
)


class GetMessages(Arguments):
    direction: Literal["all", "received", "sent"] = "all"
    limit: int = Field(default=25, ge=1, le=100)
    phone: str | None = Field(default=None, max_length=40, description="Only messages to or from this number or name")


class ListedMessage(BaseModel):
    ID: str
    number: str
    message: str
    status: str
    sentDate: str  # noqa: N815 - SMS8's spelling, here and below
    deliveredDate: str | None  # noqa: N815
    type: str


class Messages(BaseModel):
    success: bool
    count: int
    messages: list[ListedMessage]


class Devices(BaseModel):
    success: bool
    count: int
    devices: list[DeviceView]
    pair_new_url: str
    help: str


class Balance(BaseModel):
    """`credits`: null if unlimited. Credits do not expire here, so the last two are always null."""

    success: bool
    credits: int | None
    unlimited: bool
    expires_at: str | None
    days_left: int | None
    summary: str


def get_messages(call: ToolCall[GetMessages]) -> Messages:
    """Where what is wanted is rare only the newest thousand messages are looked through."""
    wanted, caller = call.arguments, call.caller
    peer = (as_e164(wanted.phone) or wanted.phone) if wanted.phone else None
    selected = MessageFilter(direction=DIRECTIONS[wanted.direction], peer=peer)
    found, _ = list_messages(caller.deps, caller.account, selected, wanted.limit, None)
    messages = [ListedMessage.model_validate(message_view(message)) for message in found]
    return Messages(success=True, count=len(messages), messages=messages)


def list_devices(call: ToolCall[NoArguments]) -> Devices:
    devices = [DeviceView.model_validate(device) for device in devices_of(call.caller)]
    return Devices(
        success=True,
        count=len(devices),
        devices=devices,
        pair_new_url=pair_url(call.base_url),
        help=HELP_WITH_DEVICES,
    )


def pair_url(base_url: str) -> str:
    """The page on which the owner pairs a phone."""
    return f"{base_url}/app/phones"


def get_balance(call: ToolCall[NoArguments]) -> Balance:
    left = read_account(call.caller.deps, call.caller.account).credits
    summary = "This account sends without counting credits." if left is None else f"{left} message credits are left."
    return Balance(success=True, credits=left, unlimited=left is None, expires_at=None, days_left=None, summary=summary)


TOOLS = (
    Tool(
        name="get_messages",
        title="Read messages",
        description="The newest text messages, sent and received, newest first.",
        scopes=frozenset({Scope.MESSAGES_READ}),
        arguments=GetMessages,
        result=Messages,
        hints=READS,
        run=get_messages,
    ),
    Tool(
        name="list_devices",
        title="List phones",
        description="The phones that send and receive for this account, with their SIMs.",
        scopes=frozenset({Scope.DEVICES_READ}),
        arguments=NoArguments,
        result=Devices,
        hints=READS,
        run=list_devices,
    ),
    Tool(
        name="get_balance",
        title="Read the balance",
        description="How many message credits the account has left.",
        scopes=frozenset({Scope.ACCOUNT_READ}),
        arguments=NoArguments,
        result=Balance,
        hints=READS,
        run=get_balance,
    ),
)
