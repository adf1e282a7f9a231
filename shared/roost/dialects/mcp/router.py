"""The endpoints: who may ask what from where, one message or several, and never a stream."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response

from roost.dialects.mcp import envelope
from roost.dialects.mcp.envelope import INVALID_KEY, INVALID_REQUEST, MISSING_KEY, Refused
from roost.dialects.mcp.toolbox import McpCall, Toolbox
from roost.domain.errors import AddressNotAllowed, InternalError, RoostError, Unauthenticated
from roost.domain.instants import SECOND
from roost.web.caller import Anybody, Caller, secret_in_headers, sender_with
from roost.web.dialect import dialect_router
from roost.web.mcp_server import McpServer

DISCOVERY = frozenset({"initialize", "notifications/initialized", "ping", "tools/list", "server/discover"})
"""What shows nothing but which tools there are."""

MOST_SECONDS = 24
"""A request is answered within this: API Gateway gives up after 30, a function of ours ends after 29, and an
environment that has to start takes some of it."""

ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"description": "A notification: there is nothing to answer"},
    400: {"description": "No message of JSON-RPC 2.0, or not one of this protocol version"},
    401: {"description": "No key, or an unknown, expired or revoked one"},
    403: {"description": "The key may not be used from there, or a page of another site asks"},
    404: {"description": "There is no method of this name"},
    413: {"description": "More than one request may hold"},
    421: {"description": "The host name is not this server's"},
    500: {"description": "Something broke on our side"},
}
"""For the OpenAPI document; each refusal has a JSON-RPC error in its body."""

NOT_STORED = {"cache-control": "no-store"}
Answer = tuple[int, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`open_to_all`: discovery needs no key, and pages of other sites may do it (CORS). `key_in_body`: a key may stand
    in the message, where SMS8's clients put it."""

    server: McpServer
    toolbox: Toolbox
    open_to_all: bool = False
    key_in_body: bool = False


def mcp_error(error: RoostError, _: str) -> Response:
    """For what breaks before a message is known."""
    code = envelope.INTERNAL_ERROR if isinstance(error, InternalError) else INVALID_REQUEST
    return _response(error.status, Refused(code, error.detail).body)


def add_endpoint(router: APIRouter, endpoint: Endpoint, *paths: str, summary: str) -> None:
    """POST on each path; and on those that are only this endpoint's, 405 for the streams that there are not."""

    async def serve(
        request: Request, anybody: Anybody, in_headers: Annotated[str | None, Depends(secret_in_headers)]
    ) -> Response:
        """JSON-RPC 2.0, one message a request; the tools and what they take are in the answer to `tools/list`."""
        until = anybody.now() + MOST_SECONDS * SECOND
        try:
            check_host(request)
            found = envelope.parsed(await request.body())
            return await _answered(_Visit(endpoint, request, in_headers, until), found)
        except Refused as refused:
            return _response(refused.status, refused.body)

    for path in paths:
        router.add_api_route(path, serve, methods=["POST"], summary=summary, responses=ANSWERS)
        if endpoint.open_to_all:
            router.add_api_route(path, preflight, methods=["OPTIONS"], include_in_schema=False)
        if path != "/":
            router.add_api_route(path, no_stream, methods=["GET", "DELETE"], include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One HTTP request."""

    endpoint: Endpoint
    request: Request
    in_headers: str | None
    until: int


async def _answered(visit: _Visit, found: Any) -> Response:
    if not isinstance(found, list):
        status, body = await _one(visit, found)
        return _with_cors(visit, [found], _response(status, body))
    messages = envelope.checked_batch(found, visit.request.headers.get("mcp-protocol-version"))
    answers = [await _one(visit, message) for message in messages]
    bodies = [body for _, body in answers if body is not None]
    return _with_cors(visit, messages, _response(200 if bodies else 202, bodies or None))


async def _one(visit: _Visit, message: Any) -> Answer:
    """The HTTP status counts only for a message alone in its request."""
    try:
        caller = await _caller(visit, message if isinstance(message, dict) else {})
        checked = envelope.checked_message(message)
        _check_origin(visit, checked["method"])
    except Refused as refused:
        return refused.status, {**refused.body, "id": envelope.id_of(message)}
    call = McpCall(caller, str(visit.request.base_url).rstrip("/"), visit.until)
    plain = envelope.with_handshake(envelope.without_key(checked))
    status, body = await visit.endpoint.server.answer(visit.request, plain, call)
    return status, json.loads(body) if body else None


async def _caller(visit: _Visit, message: dict[str, Any]) -> Caller | None:
    """None: nobody in particular, who may ask this. The key is asked for first: a stranger learns nothing else.
    Raises Refused."""
    secret = visit.in_headers or (envelope.key_in(message) if visit.endpoint.key_in_body else None)
    if secret is None:
        if _is_open(visit.endpoint, message):
            return None
        raise Refused(MISSING_KEY, "An API key is missing: send the header Authorization: Bearer <key>", 401)
    try:
        return await sender_with(None)(visit.request, secret)
    except (Unauthenticated, AddressNotAllowed) as error:
        visit.request.state.refused = error.code
        raise Refused(INVALID_KEY, error.detail, error.status) from None


def _is_open(endpoint: Endpoint, message: dict[str, Any]) -> bool:
    method, params = message.get("method"), message.get("params")
    if not endpoint.open_to_all or not isinstance(method, str):
        return False
    is_open_tool = method == "tools/call" and isinstance(params, dict) and endpoint.toolbox.is_open(params.get("name"))
    return method in DISCOVERY or is_open_tool


def check_host(request: Request) -> None:
    """A page that rebinds its name to this machine's address still says its own name. Raises Refused."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if host not in (_own_name(request), "localhost") and not _is_address(host):
        raise Refused(INVALID_REQUEST, "This host name is not served here", 421)


def _own_name(request: Request) -> str:
    """As API Gateway knows it."""
    return str(request.scope.get("aws.event", {}).get("requestContext", {}).get("domainName", "")).lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_origin(visit: _Visit, method: str) -> None:
    """Pages of other sites may look which tools there are, where anybody may. Raises Refused."""
    origin = visit.request.headers.get("origin")
    is_ours = origin is None or urlsplit(origin).netloc.lower() == visit.request.headers.get("host", "").lower()
    if not is_ours and not (visit.endpoint.open_to_all and method in DISCOVERY):
        raise Refused(INVALID_REQUEST, "Pages of other sites may not do this", 403)


def _with_cors(visit: _Visit, messages: list[Any], response: Response) -> Response:
    methods = [message.get("method") if isinstance(message, dict) else None for message in messages]
    if visit.endpoint.open_to_all and all(isinstance(method, str) and method in DISCOVERY for method in methods):
        response.headers["access-control-allow-origin"] = "*"
    return response


def _response(status: int, body: Any) -> Response:
    headers = {**NOT_STORED, "www-authenticate": "Bearer"} if status == 401 else NOT_STORED
    if body is None:
        return Response(None, status, headers)
    return Response(json.dumps(body, ensure_ascii=False), status, headers, media_type="application/json")


async def preflight() -> Response:
    """Without Authorization: a page of another site has no key to send."""
    allowed = "content-type, accept, mcp-protocol-version, mcp-method, mcp-name"
    headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": allowed,
        "access-control-max-age": "86400",
    }
    return Response(None, 204, headers)


async def no_stream() -> Response:
    """Every answer is the answer to its request; nothing is told in between, and there are no sessions to end."""
    return Response(None, 405, {"allow": "POST"})


def mcp_router() -> APIRouter:
    return dialect_router(mcp_error, tags=["MCP"])
