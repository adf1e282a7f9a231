"""The snippets that people paste are those of the documentation, and each client finds what it needs in its own."""

from __future__ import annotations

import json
from pathlib import Path

from roost.dialects.mcp.endpoints import SMS8_TOOLS
from roost.dialects.mcp.sms_for_ai import TOOLS as SMS_FOR_AI_TOOLS
from roost.dialects.mcp.snippets import snippets_for

DOCUMENT = (Path(__file__).parents[2] / "docs/mcp.md").read_text(encoding="utf-8")


def test_the_document_shows_the_snippets_as_they_are() -> None:
    for snippet in snippets_for("https://roost.example"):
        assert f"```{snippet.language}\n{snippet.text}\n```" in DOCUMENT, snippet.client


def test_the_document_names_every_tool_with_its_scopes_and_what_is_worth_a_confirmation() -> None:
    for tool in (*SMS8_TOOLS, *SMS_FOR_AI_TOOLS):
        begins = f"| `{tool.name}` | {tool.description} |"
        [row, *_] = [line for line in DOCUMENT.splitlines() if line.startswith(begins)]
        assert all(f"`{scope}`" in row for scope in tool.scopes)
        assert ("confirm" in row) == tool.hints.destructive


def test_a_snippet_carries_the_url_and_the_key_where_its_client_looks_for_them() -> None:
    found = {snippet.client: snippet.text for snippet in snippets_for("https://x.example", "roost_k", "/api/mcp")}
    assert found["Claude Code"].startswith("claude mcp add --transport http roost https://x.example/api/mcp --header ")
    headers = {"Authorization": "Bearer roost_k"}
    project = json.loads(found["Claude Code, for a project"])["mcpServers"]["roost"]
    assert project == {"type": "http", "url": "https://x.example/api/mcp", "headers": headers}
    assert json.loads(found["Cursor"])["mcpServers"]["roost"] == {"url": project["url"], "headers": headers}
    assert json.loads(found["Windsurf"])["mcpServers"]["roost"]["serverUrl"] == project["url"]
    desktop = json.loads(found["Claude Desktop"])["mcpServers"]["roost"]
    assert "https://x.example/api/mcp" in desktop["args"]
    assert desktop["env"] == {"ROOST_AUTH": "Bearer roost_k"}
