"""Routers of `/v1`: problem+json for every refusal, and the OpenAPI document says so."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from roost.web.dialect import dialect_router
from roost.web.problems import problem_response


class Strict(BaseModel):
    """A request body. A member nobody knows is refused: a misspelt `phone_id` must not send by another phone."""

    model_config = ConfigDict(extra="forbid")


class FieldError(BaseModel):
    field: str
    problem: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `request_id` finds the request in the log."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals a route may answer, for the OpenAPI document; 401, 403, 422, 429 and 500 are everywhere."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": DESCRIPTIONS[status], "content": content}
        for status in sorted({401, 403, 422, 429, 500, *statuses})
    }


DESCRIPTIONS = {
    401: "No key, or an unknown, expired or revoked one",
    402: "The balance does not cover it",
    403: "The key lacks the scope, may not be used from there, or a limit of money or plan is reached",
    404: "Nothing of yours has this id",
    409: "Not possible in the present state",
    413: "More than one request may hold",
    422: "Something in the request is wrong; `errors` names it",
    429: "Too many or too soon; `Retry-After` says when to try again",
    500: "Something broke on our side; `request_id` finds it in the log",
    503: "Nothing was done: send the same request again",
}


def eightms_router(tag: str) -> APIRouter:
    return dialect_router(problem_response, prefix="/v1", tags=[tag])
