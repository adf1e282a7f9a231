"""What no service serves, in SMS8's shapes: part of the default route."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse

from roost.dialects.sms8.answers import sms8_error
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error, include_in_schema=False)

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

POST_ONLY = frozenset({"otp-send.php", "otp-verify.php"})


@router.api_route("/services/{path:path}", methods=METHODS)
async def unknown_service(path: str) -> JSONResponse:
    """404 also as the HTTP status: a wrong path is no answer of a service."""
    content = {"code": 404, "message": f"There is no service {path[:60]}"}
    return JSONResponse({"success": False, "data": None, "error": content}, 404)


@router.api_route("/ajax/{path:path}", methods=METHODS)
async def unknown_or_not_by_this_method(path: str, request: Request) -> JSONResponse:
    """Codes are asked for by POST only, so that no link or image can."""
    if path in POST_ONLY:
        text = f"{request.method} is not allowed: use POST"
        return JSONResponse({"success": False, "error": text}, 405, {"Allow": "POST"})
    return JSONResponse({"success": False, "error": f"There is no page {path[:60]}"}, 404)
