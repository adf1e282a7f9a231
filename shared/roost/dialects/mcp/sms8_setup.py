"""SMS8's setup_sms8: who the key belongs to, which phones there are, and where everything is."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from roost.dialects.mcp.sms8_read import pair_url
from roost.dialects.mcp.tool import READS, NoArguments, Tool, ToolCall
from roost.dialects.sms8.device_view import DeviceView, devices_of
from roost.domain.api_keys import Scope
from roost.usecases.read_account import read_account

ENDPOINTS = {
    "send": "/services/send.php",
    "read_messages": "/services/read-messages.php",
    "devices": "/services/get-devices.php",
    "otp_send": "/ajax/otp-send.php",
    "otp_verify": "/ajax/otp-verify.php",
    "mcp": "/mcp",
    "docs": "/v1/docs",
}

QUICK_ACTIONS = (
    "send_sms: text somebody",
    "get_messages: read what came in",
    "wait_for_otp: read a code that is about to come in",
    "create_webhook: be told of what comes in",
)


class SetUp(BaseModel):
    """`api_key_masked`, inside `config`: the last four characters of the key, never more."""

    success: bool
    message: str
    account: dict[str, Any] | None = None
    devices: list[DeviceView] | None = None
    config: dict[str, str]
    endpoints: dict[str, str]
    quick_actions: list[str] | None = None
    next_steps: list[str]


def setup_sms8(call: ToolCall[NoArguments]) -> SetUp:
    caller = call.caller
    state = read_account(caller.deps, caller.account)
    devices = [DeviceView.model_validate(device) for device in devices_of(caller)]
    return SetUp(
        success=True,
        message="Ready to send." if devices else "The key works; no phone is paired yet.",
        account={
            "user_id": state.account.id,
            "name": state.account.name,
            "email": state.account.email,
            "credits": "Unlimited" if state.credits is None else state.credits,
            "expires_in": None,
            "devices": len(devices),
        },
        devices=devices,
        config={
            "base_url": call.base_url,
            "mcp_url": f"{call.base_url}/mcp",
            "api_key_masked": f"…{caller.api_key.hint[-4:]}",
        },
        endpoints=_endpoints(call.base_url),
        quick_actions=list(QUICK_ACTIONS),
        next_steps=["Ask before you send."] if devices else [f"Pair an Android phone at {pair_url(call.base_url)}"],
    )


def how_to_get_a_key(base_url: str) -> SetUp:
    """For who has no key yet."""
    return SetUp(
        success=False,
        message="An API key is missing.",
        config={"base_url": base_url, "mcp_url": f"{base_url}/mcp"},
        endpoints=_endpoints(base_url),
        next_steps=[
            f"Sign in at {base_url}/login and make a key on the page Keys.",
            "Put it into the MCP client's configuration as the header Authorization: Bearer <key>.",
            "Do not paste it into a conversation.",
        ],
    )


def _endpoints(base_url: str) -> dict[str, str]:
    return {name: f"{base_url}{path}" for name, path in ENDPOINTS.items()}


TOOLS = (
    Tool(
        name="setup_sms8",
        title="Check the set-up",
        description="Check that the key works: its account, phones and URLs. Without a key it tells how to get one.",
        scopes=frozenset({Scope.ACCOUNT_READ, Scope.DEVICES_READ}),
        arguments=NoArguments,
        result=SetUp,
        hints=READS,
        run=setup_sms8,
        without_key=how_to_get_a_key,
    ),
)
