"""What MCP clients put on the wire, of both eras and of SMS8's own command line; nothing of the SDK."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

MODERN = "2026-07-28"
HANDSHAKE = "2025-11-25"


@dataclass
class RpcClient:
    """`version`: the revision its requests name; None as SMS8's clients, which name none. `key`: as Bearer."""

    http: httpx.Client
    path: str = "/mcp"
    version: str | None = HANDSHAKE
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def message(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        given = dict(params or {})
        if self.version == MODERN:
            named = {"protocolVersion": MODERN, "clientCapabilities": {}}
            given["_meta"] = {f"io.modelcontextprotocol/{name}": value for name, value in named.items()}
        return {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": given}

    def post(self, content: Any, **headers: str) -> httpx.Response:
        """`content`: bytes as they are, anything else as JSON."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
        sent |= {"mcp-protocol-version": self.version} if self.version else {}
        sent |= {"authorization": f"Bearer {self.key}"} if self.key else {}
        message = content if isinstance(content, dict) else {}
        if self.version == MODERN and isinstance(message.get("method"), str):
            sent["mcp-method"] = message["method"]
            params = message.get("params")
            name = params.get("name") if isinstance(params, dict) else None
            sent |= {"mcp-name": name} if isinstance(name, str) else {}
        return self.http.post(self.path, content=body, headers={**sent, **self.headers, **headers})

    def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The parsed answer."""
        parsed: dict[str, Any] = self.post(self.message(method, params)).json()
        return parsed

    def tools(self) -> dict[str, dict[str, Any]]:
        return {tool["name"]: tool for tool in self.request("tools/list")["result"]["tools"]}

    def result(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The whole result of a tools/call."""
        answer = self.request("tools/call", {"name": tool, "arguments": arguments})
        assert "result" in answer, answer
        found: dict[str, Any] = answer["result"]
        return found

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a call answers that must go well, read as SMS8's clients do: the text, as JSON."""
        result = self.result(tool, **arguments)
        assert not result["isError"], result
        content: dict[str, Any] = json.loads(result["content"][0]["text"])
        assert result["structuredContent"] == content
        return content

    def refusal(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a model reads of a call that is refused."""
        result = self.result(tool, **arguments)
        assert result["isError"], result
        assert "structuredContent" not in result
        content: dict[str, Any] = json.loads(result["content"][0]["text"])
        return content
