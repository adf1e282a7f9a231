"""The official MCP SDK behind one function call: a JSON-RPC message in, the answer of the caller's protocol era out.

Tools know nothing of it (docs/decisions/0021). The SDK's own HTTP server cannot be used as it is: Mangum starts and
ends an app with every request, and the SDK's session manager runs once. So each request has a manager of its own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import anyio
from fastapi import Request
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

from roost.domain.errors import InternalError, RoostError
from roost.runtime.log import log_crash
from roost.web.dialect import request_id_of

logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)
"""What the SDK logs quotes requests: numbers, texts and keys. What breaks is logged here."""

CALL = "roost.call"
LISTED_FOR_MS = 60_000
"""How long a client may keep the list of tools: a key whose scopes change is believed after a minute."""

PROTOCOL_HEADERS = (b"mcp-protocol-version", b"mcp-method", b"mcp-name")


class ToolNotFound(Exception):
    """There is no tool of this name."""


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """`text`: for models and for clients that parse it; `structured`: as the tool's output schema says, None for an
    error."""

    text: str
    structured: Mapping[str, Any] | None
    is_error: bool


class Tools(Protocol):
    """What an endpoint offers. `call`: what was given to `McpServer.answer`."""

    def listed(self) -> Sequence[Mapping[str, Any]]:
        """All of them, as tools/list shows them."""

    def usable(self, call: Any) -> Collection[str]:
        """The names of those that this call may use."""

    def run(self, call: Any, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Raises ToolNotFound."""

    def refused(self, call: Any, error: RoostError) -> ToolAnswer:
        """The answer that says why a tool did not do it."""


class McpServer:
    """`unknown_tool`: the JSON-RPC code for a caller that names no protocol version."""

    def __init__(self, name: str, instructions: str, tools: Tools, unknown_tool: int = INVALID_PARAMS) -> None:
        self._tools, self._unknown_tool = tools, unknown_tool
        self._listed = [Tool.model_validate(tool) for tool in tools.listed()]
        schemas = {tool.name: tool.input_schema for tool in self._listed}
        self._server: Server[Any] = Server(
            name,
            version="1",
            title="Roost",
            instructions=instructions,
            get_tool_input_schema=schemas.get,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
        )

    async def answer(self, request: Request, message: Mapping[str, Any], call: object) -> tuple[int, bytes]:
        """HTTP status and body. `call`: what the tools are told of it."""
        sent: list[Any] = []
        manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)

        async def send(event: Any) -> None:
            sent.append(event)

        async with manager.run():
            await manager.handle_request(_scope(request, call), _receiver(json.dumps(message).encode()), send)
        status: int = sent[0]["status"]
        return status, b"".join(event.get("body", b"") for event in sent[1:])

    async def _list_tools(self, ctx: ServerRequestContext[Any], _: PaginatedRequestParams | None) -> ListToolsResult:
        usable = self._tools.usable(_request(ctx).scope[CALL])
        tools = [tool for tool in self._listed if tool.name in usable]
        return ListToolsResult(tools=tools, ttl_ms=LISTED_FOR_MS, cache_scope="private")

    async def _call_tool(self, ctx: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        request = _request(ctx)
        call = request.scope[CALL]
        try:
            answer = self._tools.run(call, params.name, params.arguments or {})
        except ToolNotFound:
            names_a_version = "mcp-protocol-version" in request.headers
            code = INVALID_PARAMS if names_a_version else self._unknown_tool
            raise MCPError(code, "There is no tool of this name: tools/list names those there are") from None
        except Exception as error:
            log_crash(error, request_id=request_id_of(request))
            broken = InternalError(f"Something broke on our side. Request id: {request_id_of(request)}")
            answer = self._tools.refused(call, broken)
        content = [TextContent(type="text", text=answer.text)]
        return CallToolResult(content=content, structured_content=answer.structured, is_error=answer.is_error)


def _request(ctx: ServerRequestContext[Any]) -> Request:
    assert isinstance(ctx.request, Request)
    return ctx.request


def _scope(request: Request, call: object) -> dict[str, Any]:
    """What the SDK is to see. Blanks around a header's value make it refuse the header; and a client of SMS8 that
    accepts nothing in particular accepts JSON."""
    passed = [
        (name, value.strip())
        for name, value in request.headers.raw
        if name in PROTOCOL_HEADERS or name.startswith(b"mcp-param-")
    ]
    accepted = (b"accept", b"application/json, text/event-stream")
    headers = [*passed, (b"content-type", b"application/json"), accepted]
    return {**request.scope, "headers": headers, "query_string": b"", CALL: call}


def _receiver(body: bytes) -> Callable[[], Any]:
    """The body once; then nothing, as from a client that waits for its answer."""
    events = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop()
        await anyio.sleep_forever()
        raise AssertionError("sleeps for ever")

    return receive
