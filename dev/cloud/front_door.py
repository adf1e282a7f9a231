"""The ASGI application around the engine: a plain base URL for the HTTP API, and our own control paths."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTROL_PREFIX = "/_roost/"
# the engine reads these host names before any path, so a stranger could name another service with them
ENGINE_HOSTS = (b".execute-api.", b".lambda-url.", b".aoss.", b".cloudfront.")

Control = Callable[[str, str, bytes], Awaitable[tuple[int, Any]]]
"""(method, path, query string) to (status, JSON body)."""


class FrontDoor:
    """Routes by the port a request came in on.

    On the front port every path belongs to the HTTP API: it gets the engine's path prefix for that API.
    Rewriting the Host header instead would leave engine paths such as `/_ministack/reset` in front of ours.
    """

    def __init__(self, engine: Application, front_port: int, control: Control) -> None:
        self._engine = engine
        self._front_port = front_port
        self._control = control
        self._api_id: str | None = None
        self._closed_because = "the local cloud is starting, try again in a second"
        self.in_flight = 0

    def open(self, api_id: str) -> None:
        """From now on the front port serves this HTTP API."""
        self._api_id = api_id

    def close(self, reason: str) -> None:
        """Answer 503 on the front port; requests that are running go on."""
        self._api_id = None
        self._closed_because = reason

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection event of the server."""
        if scope["type"] in ("http", "websocket") and scope["server"][1] == self._front_port:
            await self._serve_front(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(CONTROL_PREFIX):
            status, body = await self._control(scope["method"], scope["path"], scope.get("query_string", b""))
            await _answer(send, status, body)
        else:
            await self._engine(scope, receive, send)

    async def _serve_front(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif self._api_id is None:
            await _answer(send, 503, {"message": self._closed_because})
        elif names_engine_host(scope["headers"]):
            await _answer(send, 421, {"message": "this host name is not served here"})
        else:
            self.in_flight += 1
            try:
                await self._engine(addressed_to_api(scope, self._api_id), receive, send)
            finally:
                self.in_flight -= 1


def addressed_to_api(scope: Scope, api_id: str) -> dict[str, Any]:
    """The request with the engine's path prefix of the API and the headers API Gateway would add."""
    prefix = f"/_aws/execute-api/{api_id}/$default"
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return {
        **scope,
        "path": prefix + scope["path"],
        "raw_path": prefix.encode() + raw_path,
        "headers": [*scope["headers"], *_forwarded(scope)],
    }


def names_engine_host(headers: list[tuple[bytes, bytes]]) -> bool:
    """True when the Host header is one the engine would route by."""
    hosts = [value.lower() for name, value in headers if name.lower() == b"host"]
    return any(part in host for host in hosts for part in ENGINE_HOSTS)


def _forwarded(scope: Scope) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in scope["headers"]}
    peer = (scope.get("client") or ("127.0.0.1",))[0]
    added = [(b"x-forwarded-for", str(peer).encode()), (b"x-forwarded-proto", b"http")]
    return [header for header in added if header[0] not in present]


async def _answer(send: Send, status: int, body: Any) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
