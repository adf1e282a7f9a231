"""RFC 9457 `application/problem+json`: the error shape of `/v1`."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from roost.domain.errors import RoostError, TooSoon, Unauthenticated


def problem_response(error: RoostError, request_id: str) -> JSONResponse:
    """`code` is stable; `errors` names the fields; `request_id` finds the request in the log."""
    content = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
    }
    if error.fields:
        content["errors"] = [{"field": problem.field, "problem": problem.problem} for problem in error.fields]
    return JSONResponse(content, error.status, _headers(error), media_type="application/problem+json")


def _headers(error: RoostError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooSoon) else {}
