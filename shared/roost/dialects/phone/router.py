"""The phone's error shape: `{"error": {"code", "message"}}` (protocol §2, §19)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

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


def phone_router() -> APIRouter:
    return dialect_router(phone_error, prefix="/phone/v1", tags=["Phone protocol"])
