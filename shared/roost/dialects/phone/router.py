"""The phone's error shape: `{"error": {"code", "message"}}` (protocol §2, §19)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from roost.domain.errors import InvalidRequest, RoostError, TooLarge, Unauthenticated, UpgradeRequired
from roost.web.dialect import dialect_router

MAX_BODY_BYTES = 128 * 1024

WIRE: Mapping[type[RoostError], tuple[int, str]] = MappingProxyType(
    {InvalidRequest: (400, "invalid"), Unauthenticated: (401, "bad_token")}
)
"""Where the protocol says another status or code than Roost's own."""


def phone_error(error: RoostError, _: str) -> JSONResponse:
    status, code = WIRE.get(type(error), (error.status, error.code))
    more = {"events_ok": True} if isinstance(error, UpgradeRequired) else {}
    return JSONResponse({"error": {"code": code, "message": error.detail}, **more}, status)


async def bounded_body(request: Request) -> None:
    """Raises TooLarge, on which the phone halves its batch."""
    if len(await request.body()) > MAX_BODY_BYTES:
        raise TooLarge(f"A request body may have {MAX_BODY_BYTES} bytes")


class PhoneErrorDetail(BaseModel):
    code: str
    message: str


class PhoneError(BaseModel):
    """`code` is stable; `events_ok`: reports are taken all the same."""

    error: PhoneErrorDetail
    events_ok: bool | None = None


REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        400: "Something in the body is wrong",
        401: "No token, or one that is not valid: pair the phone again",
        403: "The plan of the account does not allow this",
        409: "The phone's storage was wiped or restored: pair it again",
        410: "The pairing code is used or too old, or the phone was removed",
        413: "The body is too large: send it in parts",
        426: "This app is too old to get messages: update it",
        500: "Something broke on our side",
        503: "Nothing was done: send the same request again",
    }
)


def phone_router() -> APIRouter:
    refusals: dict[int | str, dict[str, Any]] = {
        status: {"model": PhoneError, "description": why} for status, why in REFUSALS.items()
    }
    return dialect_router(phone_error, prefix="/phone/v1", tags=["Phone protocol"], responses=refusals)
