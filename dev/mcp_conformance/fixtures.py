"""Our endpoint with the tools that the conformance suite calls by fixed names. Never deployed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from roost.dialects.mcp.endpoints import SMS8_TOOLS
from roost.dialects.mcp.errors import sms8_refusal
from roost.dialects.mcp.router import Endpoint, add_endpoint, mcp_router
from roost.dialects.mcp.toolbox import McpCall, Toolbox
from roost.web.app import create_app
from roost.web.mcp_server import McpServer, ToolAnswer

ANSWERS: Mapping[str, ToolAnswer] = {
    "test_simple_text": ToolAnswer("This is a simple text response for testing.", None, is_error=False),
    "test_error_handling": ToolAnswer("This tool intentionally returns an error for testing", None, is_error=True),
}

SCHEMA_2020_12: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


class WithFixtures(Toolbox):
    """Ours, and the suite's."""

    def listed(self) -> list[dict[str, Any]]:
        plain = [
            {"name": name, "description": "Of the conformance suite", "inputSchema": {"type": "object"}}
            for name in ANSWERS
        ]
        odd = {"name": "json_schema_2020_12_tool", "description": "Keeps its schema", "inputSchema": SCHEMA_2020_12}
        return [*super().listed(), *plain, odd]

    def usable(self, call: McpCall) -> set[str]:
        return super().usable(call) | set(ANSWERS) | {"json_schema_2020_12_tool"}

    def run(self, call: McpCall, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        return ANSWERS[name] if name in ANSWERS else super().run(call, name, arguments)


def conformance_app() -> FastAPI:
    toolbox = WithFixtures(SMS8_TOOLS, sms8_refusal)
    endpoint = Endpoint(McpServer("roost-conformance", "", toolbox), toolbox, open_to_all=True, key_in_body=True)
    router = mcp_router()
    add_endpoint(router, endpoint, "/mcp", summary="MCP")
    return create_app(router)
