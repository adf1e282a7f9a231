"""How an assistant is told of the MCP servers."""

from __future__ import annotations

import json


def mcp_snippets(server: str, key: str) -> dict[str, str]:
    """By the name of the program: what is pasted there."""
    header = f"Authorization: Bearer {key}"
    configured = {"mcpServers": {"roost": {"url": f"{server}/mcp", "headers": {"Authorization": f"Bearer {key}"}}}}
    return {
        "Claude Code": f'claude mcp add --transport http roost {server}/mcp --header "{header}"',
        "Cursor, Windsurf": json.dumps(configured, indent=2),
    }
