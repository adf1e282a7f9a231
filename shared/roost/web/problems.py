"""RFC 9457 `application/problem+json`: the error shape of `/v1`."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from roost.domain.errors import RoostError, Unauthenticated
from roost.web.rate_limit import refusal_headers


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
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else refusal_headers(error)
    return JSONResponse(content, error.status, headers, media_type="application/problem+json")
