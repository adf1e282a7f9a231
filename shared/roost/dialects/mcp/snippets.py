"""What people paste into their assistant to connect it: docs/mcp.md and the docs page show these."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

KEY = "YOUR_KEY"


@dataclass(frozen=True, slots=True)
class Snippet:
    """`place`: the file it belongs into, or where it is typed. `language`: for highlighting."""

    client: str
    place: str
    language: str
    text: str


def snippets_for(base_url: str, key: str = KEY, path: str = "/mcp") -> tuple[Snippet, ...]:
    """`base_url`: of this Roost, without a slash at its end."""
    url, bearer = f"{base_url}{path}", f"Bearer {key}"
    headers = {"Authorization": bearer}
    command = f'claude mcp add --transport http roost {url} --header "Authorization: {bearer}"'
    # Claude Desktop starts programs only; the bridge is npm's mcp-remote, and it splits arguments at blanks.
    bridge = {
        "command": "npx",
        "args": ["-y", "mcp-remote", url, "--header", "Authorization:${ROOST_AUTH}"],
        "env": {"ROOST_AUTH": bearer},
    }
    return (
        Snippet("Claude Code", "a terminal", "sh", command),
        Snippet("Claude Code, for a project", ".mcp.json", "json", _named(type="http", url=url, headers=headers)),
        Snippet("Cursor", "~/.cursor/mcp.json", "json", _named(url=url, headers=headers)),
        Snippet("Windsurf", "~/.codeium/windsurf/mcp_config.json", "json", _named(serverUrl=url, headers=headers)),
        Snippet("Claude Desktop", "claude_desktop_config.json", "json", _named(**bridge)),
    )


def _named(**server: Any) -> str:
    return json.dumps({"mcpServers": {"roost": server}}, indent=2)
