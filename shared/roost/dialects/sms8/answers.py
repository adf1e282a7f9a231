"""SMS8's envelope: all three keys in every answer, and HTTP 200 for refusals, which its stock clients need."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from roost.domain.errors import NoEligiblePhone, RoostError, TooLarge, TooSoon, Unauthenticated
from roost.web.strict_http import sms8_strict_http

CODES: Mapping[int, int] = MappingProxyType({409: 403, 410: 404, 422: 400, 503: 500})
"""SMS8 documents 400, 401, 402, 403, 404, 429 and 500; other statuses of Roost are the nearest of these."""

CODES_BY_ERROR: Mapping[type[RoostError], int] = MappingProxyType({NoEligiblePhone: 404})

FIELDS: Mapping[str, str] = MappingProxyType({"send_at": "schedule", "sim_slot": "devices", "list_id": "listID"})
"""What SMS8 calls the parameters that Roost's own refusals name."""


class ErrorBody(BaseModel):
    """`code`: 400 parameters, 401 key, 402 credits, 403 not allowed, 404 not found, 429 too fast, 500 our fault."""

    code: int
    message: str


T = TypeVar("T")


class Envelope(BaseModel, Generic[T]):
    """Either `data` or `error` is null."""

    success: bool
    data: T | None
    error: ErrorBody | None


def answer(data: Mapping[str, Any]) -> JSONResponse:
    return JSONResponse({"success": True, "data": data, "error": None})


def sms8_error(error: RoostError, _: str) -> JSONResponse:
    body = {"code": code_of(error), "message": text_of(error)}
    return JSONResponse({"success": False, "data": None, "error": body}, http_status(error))


def text_only_error(error: RoostError, _: str) -> JSONResponse:
    """The shape of `/api.php` and `/ajax/`: their clients read `error` as text."""
    wait = {"retry_after": error.retry_after} if isinstance(error, TooSoon) else {}
    return JSONResponse({"success": False, "error": text_of(error), **wait}, http_status(error))


def code_of(error: RoostError) -> int:
    return CODES_BY_ERROR.get(type(error), CODES.get(error.status, error.status))


def http_status(error: RoostError) -> int:
    """413 stays 413: above our own limit it is the gateway that answers, and it says 413 too."""
    return code_of(error) if sms8_strict_http() or isinstance(error, TooLarge) else HTTPStatus.OK


def text_of(error: RoostError) -> str:
    if isinstance(error, Unauthenticated):
        return "Invalid API key"
    if error.fields:
        return "; ".join(f"{FIELDS.get(problem.field, problem.field)}: {problem.problem}" for problem in error.fields)
    return error.detail
