"""smsdora's error shape: `{statusCode, message, error}`, where `error` is the phrase of the status."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from fastapi.responses import JSONResponse

from roost.domain.errors import DailyLimitReached, InvalidRequest, NoEligiblePhone, RateLimited, RoostError

STATUS: Mapping[type[RoostError], int] = MappingProxyType(
    {InvalidRequest: 400, NoEligiblePhone: 400, RateLimited: 403, DailyLimitReached: 403}
)
"""Where smsdora documents another status than Roost's own."""

LITERAL: Mapping[type[RoostError], str] = MappingProxyType({RateLimited: "Rate limit exceeded"})
"""Texts its clients may compare with."""


def smsdora_error(error: RoostError, _: str) -> JSONResponse:
    status = STATUS.get(type(error), error.status)
    content = {
        "statusCode": status,
        "message": LITERAL.get(type(error), error.detail),
        "error": HTTPStatus(status).phrase,
    }
    return JSONResponse(content, status)
