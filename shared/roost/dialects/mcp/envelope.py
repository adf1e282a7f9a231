"""JSON-RPC 2.0 as it arrives: bodies, batches, errors, and the keys that SMS8's clients put into the message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

PARSE_ERROR, INVALID_REQUEST, INTERNAL_ERROR = -32700, -32600, -32603
MISSING_KEY, INVALID_KEY = -32001, -32002
"""SMS8's own."""

METHOD_NOT_FOUND = -32601

MOST_BYTES = 1_000_000
MOST_IN_BATCH = 20

BATCHING = frozenset({None, "2024-11-05", "2025-03-26"})
"""The revisions whose messages may come several in one request; a caller of SMS8 names none."""

HANDSHAKE_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "unknown", "version": "0"}}
)
"""For an `initialize` without parameters: SMS8's revision."""


@dataclass
class Refused(Exception):
    """An error of the protocol. `status`: of HTTP."""

    code: int
    message: str
    status: int = 400

    @property
    def body(self) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": None, "error": {"code": self.code, "message": self.message}}


def parsed(body: bytes) -> Any:
    """One message, or a list of them. Raises Refused."""
    if len(body) > MOST_BYTES:
        raise Refused(INVALID_REQUEST, f"A request may have {MOST_BYTES:,} bytes: send less at once", 413)
    try:
        found = json.loads(body, parse_constant=_no_number)
        # Half of a surrogate pair is no text that could be sent, stored or answered.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused(PARSE_ERROR, "The body is not JSON in UTF-8") from None
    return found


def checked_batch(messages: list[Any], version: str | None) -> list[Any]:
    """Raises Refused."""
    if version not in BATCHING:
        raise Refused(INVALID_REQUEST, "Batches ended with revision 2025-06-18: send one message in a request")
    if not 1 <= len(messages) <= MOST_IN_BATCH:
        raise Refused(INVALID_REQUEST, f"A batch has 1 to {MOST_IN_BATCH} messages")
    return messages


def checked_message(message: Any) -> dict[str, Any]:
    """A request or a notification. Raises Refused."""
    if not isinstance(message, dict):
        raise Refused(INVALID_REQUEST, "A message is a JSON object")
    if "id" in message and id_of(message) is None:
        raise Refused(INVALID_REQUEST, "`id` must be a string or a whole number")
    if message.get("jsonrpc") != "2.0":
        raise Refused(INVALID_REQUEST, '`jsonrpc` must be "2.0"')
    if not isinstance(message.get("method"), str):
        raise Refused(INVALID_REQUEST, "`method` must be the name of a method")
    if not isinstance(message.get("params", {}), dict):
        raise Refused(INVALID_REQUEST, "`params` must be a JSON object")
    return message


def id_of(message: Any) -> str | int | None:
    """What its answer names; None where a message has none that an answer could name."""
    named = message.get("id") if isinstance(message, dict) else None
    return named if isinstance(named, str | int) and not isinstance(named, bool) else None


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def key_in(message: Mapping[str, Any]) -> str | None:
    """Where SMS8's clients repeat it: `params._auth.api_key`, then `params.arguments.api_key`."""
    params = message.get("params")
    if not isinstance(params, dict):
        return None
    for holder in (params.get("_auth"), params.get("arguments")):
        if isinstance(holder, dict) and isinstance(holder.get("api_key"), str) and holder["api_key"]:
            key: str = holder["api_key"]
            return key
    return None


def without_key(message: dict[str, Any]) -> dict[str, Any]:
    """The message as a tool may see it."""
    params = {name: value for name, value in message.get("params", {}).items() if name != "_auth"}
    if isinstance(params.get("arguments"), dict):
        params["arguments"] = {name: value for name, value in params["arguments"].items() if name != "api_key"}
    return {**message, "params": params} if "params" in message else message


def with_handshake(message: dict[str, Any]) -> dict[str, Any]:
    """An `initialize` that says nothing of itself is one of SMS8's."""
    if message["method"] != "initialize" or "protocolVersion" in message.get("params", {}):
        return message
    return {**message, "params": {**HANDSHAKE_DEFAULTS, **message.get("params", {})}}
