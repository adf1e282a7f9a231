"""A dialect's routers: every refusal and every crash inside them is answered in the dialect's own error shape."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from roost.domain.errors import FieldProblem, InternalError, InvalidRequest, RoostError
from roost.runtime.log import concerned_messages, forget_messages, log_crash, logger

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "cache-control": "no-store",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
    }
)
"""Of every answer that has no other: it is its caller's alone, is to come encrypted, and is what it says it is."""

ErrorShape = Callable[[RoostError, str], Response]
"""An error and the id of its request -> the answer of this dialect."""


def dialect_router(shape: ErrorShape, **options: Any) -> APIRouter:
    """A router whose routes answer errors by `shape` and write one log line a request."""
    return dialect_router_by(lambda _: shape, **options)


def dialect_router_by(shape_of: Callable[[Request], ErrorShape], **options: Any) -> APIRouter:
    """As `dialect_router`, where the shape of an error depends on who asks how."""

    class DialectRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            serve = super().get_route_handler()

            async def serve_logged(request: Request) -> Response:
                started = time.perf_counter()
                response = await _answer(serve, request, shape_of(request))
                _log(request, self.path, response.status_code, started)
                return response

            return serve_logged

    return APIRouter(route_class=DialectRoute, **options)


async def _answer(serve: Callable[[Request], Awaitable[Response]], request: Request, shape: ErrorShape) -> Response:
    request_id = request_id_of(request)
    forget_messages()

    def refused(error: RoostError) -> Response:
        request.state.refused = error.code
        return shape(error, request_id)

    try:
        response = await serve(request)
    except RequestValidationError as error:
        response = refused(_as_invalid_request(error, request))
    except RoostError as error:
        response = refused(error)
    except HTTPException as error:  # the framework could not even decode the body
        response = refused(InvalidRequest.of("body", str(error.detail).lower()))
    except Exception as error:
        log_crash(error, request_id=request_id)
        response = refused(InternalError(f"Something broke on our side. Request id: {request_id}"))
    response.headers["x-request-id"] = request_id
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def request_id_of(request: Request) -> str:
    """API Gateway's id of the request; its caller has it as `x-request-id`, its line in the log too."""
    context = request.scope.get("aws.event", {}).get("requestContext", {})
    return str(context.get("requestId", "local"))


def _as_invalid_request(error: RequestValidationError, request: Request) -> InvalidRequest:
    content_type = request.headers.get("content-type", "")
    if "json" not in content_type and any(problem["loc"] == ("body",) for problem in error.errors()):
        return InvalidRequest.of("body", "must be JSON, sent with the header Content-Type: application/json")
    problems = tuple(_field_problem(problem) for problem in error.errors())
    return InvalidRequest("; ".join(f"{problem.field}: {problem.problem}" for problem in problems), problems)


def _field_problem(problem: dict[str, Any]) -> FieldProblem:
    if problem["type"] == "json_invalid":
        return FieldProblem("body", "is not valid JSON")
    place = [str(part) for part in problem["loc"] if part not in ("body", "query", "path", "header")]
    return FieldProblem(".".join(place) or "body", problem["msg"][:1].lower() + problem["msg"][1:])


def _log(request: Request, route: str, status: int, started: float) -> None:
    logger().info(
        "request",
        method=request.method,
        route=route,
        status=status,
        refused=getattr(request.state, "refused", None),
        milliseconds=round((time.perf_counter() - started) * 1_000, 1),
        request_id=request_id_of(request),
        key_id=getattr(request.state, "key_id", None),
        messages=concerned_messages(),
    )
