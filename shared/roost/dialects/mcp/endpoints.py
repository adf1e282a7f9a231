"""What is served where: SMS8's tools and Roost's own at /mcp and, as SMS8 does, at /; SMS for AI's at /api/mcp."""

from __future__ import annotations

from collections.abc import Sequence

from roost.dialects.mcp import own_tools, sms8_read, sms8_send, sms8_setup, sms8_webhook, sms_for_ai, wait_for_otp
from roost.dialects.mcp.envelope import METHOD_NOT_FOUND
from roost.dialects.mcp.errors import sms8_refusal, sms_for_ai_refusal
from roost.dialects.mcp.router import Endpoint, add_endpoint, mcp_router
from roost.dialects.mcp.tool import Tool
from roost.dialects.mcp.toolbox import Toolbox
from roost.web.mcp_server import McpServer

SMS8_TOOLS: tuple[Tool, ...] = (
    *sms8_send.TOOLS,
    *sms8_read.TOOLS,
    *sms8_webhook.TOOLS,
    *sms8_setup.TOOLS,
    *wait_for_otp.TOOLS,
    *own_tools.TOOLS,
)

INSTRUCTIONS = (
    "Text messages through the user's own Android phones. Sending is real: it reaches people and cannot be taken back, "
    "so ask before you send to somebody the user did not name. A message may wait for its phone's pace: never send it "
    "again because it waits."
)


def sms8_endpoint(tools: Sequence[Tool] = SMS8_TOOLS) -> Endpoint:
    toolbox = Toolbox(tools, sms8_refusal)
    server = McpServer("sms8-mcp", INSTRUCTIONS, toolbox, unknown_tool=METHOD_NOT_FOUND)
    return Endpoint(server, toolbox, open_to_all=True, key_in_body=True)


def sms_for_ai_endpoint() -> Endpoint:
    toolbox = Toolbox(sms_for_ai.TOOLS, sms_for_ai_refusal)
    return Endpoint(McpServer("smsforai", INSTRUCTIONS, toolbox), toolbox)


router = mcp_router()
add_endpoint(router, sms8_endpoint(), "/mcp", "/", summary="MCP: SMS8's tools and Roost's own")
add_endpoint(router, sms_for_ai_endpoint(), "/api/mcp", summary="MCP: SMS for AI's tools")
