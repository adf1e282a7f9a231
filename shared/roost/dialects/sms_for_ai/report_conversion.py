"""GET /c/{token} and POST /api/v1/conversion/report: a message led to what it asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from roost.dialects.sms_for_ai.errors import sms_for_ai_error
from roost.dialects.sms_for_ai.router import refusals, sms_for_ai_router, token_with
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.instants import rfc3339
from roost.usecases.report_conversion import report_by_id, report_by_token
from roost.web.caller import Anybody, Caller
from roost.web.dialect import dialect_router

router = sms_for_ai_router()
public_router = dialect_router(sms_for_ai_error, tags=["SMS for AI"])


class ConversionReport(BaseModel):
    """One of the two. `token`: the last part of a `conversion_url`."""

    id: int | None = Field(default=None, description="As the send answered it")
    token: str | None = Field(default=None, max_length=100)


class Conversion(BaseModel):
    id: int
    converted_at: str


@router.post("/conversion/report", responses=refusals(404, 422), summary="Report a conversion")
async def report(
    wanted: ConversionReport, caller: Annotated[Caller, Depends(token_with(Scope.MESSAGES_SEND))]
) -> Conversion:
    """The first report counts; a repeat answers the same."""
    if (wanted.id is None) == (wanted.token is None):
        raise InvalidRequest.of("id", "or the token is required, not both")
    if wanted.token is not None:
        message = report_by_token(caller.deps, wanted.token, caller.account)
    else:
        message = report_by_id(caller.deps, caller.account, wanted.id)
    return Conversion(id=message.id, converted_at=rfc3339(message.converted_at or 0))


@public_router.get(
    "/c/{token}",
    responses={
        404: {
            "description": "No such link",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SmsForAiError"}}},
        }
    },
    response_class=PlainTextResponse,
    summary="Follow a conversion link",
)
async def follow(token: str, deps: Anybody) -> str:
    """The `conversion_url` of a send. Whoever follows it reports the conversion, a preview of the link too."""
    report_by_token(deps, token)
    return "Thank you."
