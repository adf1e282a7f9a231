"""Routers of `/api/v1`, who may call them, and the refusals they document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from roost.dialects.sms_for_ai.errors import sms_for_ai_error
from roost.dialects.sms_for_ai.rate_limits import rate_limit_headers
from roost.domain.api_keys import Scope
from roost.usecases.count_request import count_request
from roost.web.caller import Caller, sender_with
from roost.web.dialect import dialect_router


class SmsForAiError(BaseModel):
    """`message`: a sentence; `error`: a stable code; `errors`: sentences by field, where fields are wrong."""

    message: str
    error: str
    errors: dict[str, list[str]] | None = None


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals a route may answer, for the OpenAPI document; 401, 403, 429 and 500 are everywhere."""
    return {
        status: {"model": SmsForAiError, "description": DESCRIPTIONS[status]}
        for status in sorted({401, 403, 429, 500, *statuses})
    }


DESCRIPTIONS = {
    401: "No token, or an unknown, expired or revoked one",
    402: "Not enough credits",
    403: "The token lacks the permission, its address or spending limit forbids it, or the recipient answered STOP",
    404: "No SMS of yours has this id",
    409: "The first request with this Idempotency-Key is still running",
    422: "Something in the request is wrong; `errors` names it",
    429: "A limit of the token is reached; `Retry-After` says for how long",
    500: "No phone can send, or something broke on our side; nothing was charged",
    503: "Too much changed at once: send the same request again",
}


def sms_for_ai_router(tag: str = "SMS for AI") -> APIRouter:
    return dialect_router(sms_for_ai_error, prefix="/api/v1", tags=[tag])


def token_with(scope: Scope | None) -> Callable[..., Awaitable[Caller]]:
    """A dependency: the caller, if its token has the permission (None: any token); the request is counted."""

    named = Depends(sender_with(scope))

    async def token(response: Response, caller: Caller = named) -> Caller:
        response.headers.update(rate_limit_headers(count_request(caller.deps, caller.api_key)))
        return caller

    return token
