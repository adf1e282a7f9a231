"""Lists and runs the tools of one endpoint. Whatever a tool is refused is an answer that a model can act on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from roost.dialects.mcp.tool import Tool, ToolCall
from roost.dialects.sms8.router import checked
from roost.domain.errors import MissingScope, RoostError, Unauthenticated
from roost.usecases.count_agent_send import count_agent_send
from roost.usecases.count_request import count_request
from roost.web.agent_limits import agent_sends_per_hour
from roost.web.caller import Caller
from roost.web.mcp_server import ToolAnswer, ToolNotFound

ErrorView = Callable[[RoostError, str], Mapping[str, Any]]
"""A refusal and the base URL -> what the endpoint's clients read of it."""


@dataclass(frozen=True, slots=True)
class McpCall:
    """Who calls from where. `caller` None: somebody without a key. `until`: as in ToolCall."""

    caller: Caller | None
    base_url: str
    until: int


class Toolbox:
    def __init__(self, tools: Sequence[Tool], error_view: ErrorView) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self._error_view = error_view

    def listed(self) -> list[dict[str, Any]]:
        return [tool.listed() for tool in self.tools.values()]

    def is_open(self, name: object) -> bool:
        """Whether a tool answers who has no key."""
        return isinstance(name, str) and name in self.tools and self.tools[name].without_key is not None

    def usable(self, call: McpCall) -> set[str]:
        """All of them without a key: what there is, is no secret; what a key may not use, only misleads its model."""
        if call.caller is None:
            return set(self.tools)
        return {name for name, tool in self.tools.items() if tool.scopes <= call.caller.api_key.scopes}

    def run(self, call: McpCall, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Raises ToolNotFound."""
        if name not in self.tools:
            raise ToolNotFound
        try:
            result = _run(self.tools[name], call, arguments)
        except RoostError as error:
            return self.refused(call, error)
        content = result.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return ToolAnswer(_pretty(content), content, is_error=False)

    def refused(self, call: McpCall, error: RoostError) -> ToolAnswer:
        return ToolAnswer(_pretty(self._error_view(error, call.base_url)), None, is_error=True)


def _run(tool: Tool, call: McpCall, arguments: Mapping[str, Any]) -> BaseModel:
    """The clients spell absent as null or as empty."""
    caller = call.caller
    if caller is None:
        if tool.without_key is None:
            raise Unauthenticated
        return tool.without_key(call.base_url)
    for scope in sorted(tool.scopes - caller.api_key.scopes):
        raise MissingScope(f"This API key lacks the scope {scope}: ask its owner for a key that has it")
    wanted = checked(tool.arguments, {name: value for name, value in arguments.items() if value not in (None, "")})
    if tool.sends:
        count_agent_send(caller.deps, caller.api_key, agent_sends_per_hour())
    else:
        count_request(caller.deps, caller.api_key)
    return tool.run(ToolCall(caller, wanted, call.base_url, call.until))


def _pretty(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
