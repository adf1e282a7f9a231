"""POST /v1/messages/{message_id}/cancel, /reschedule and /resend."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field

from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.instants import from_datetime
from roost.usecases.cancel_message import cancel_message, reschedule_message
from roost.usecases.resend_message import resend_message
from roost.web.caller import Caller, caller_with, sender_with
from roost.web.moments import Moment
from roost.web.rate_limit import rate_limit_headers

router = eightms_router("Messages")

Sender = Annotated[Caller, Depends(caller_with(Scope.MESSAGES_SEND))]
Resender = Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))]


class RescheduleRequest(Strict):
    send_at: Moment = Field(description="Not before this time, with its zone")


@router.post("/messages/{message_id}/cancel", responses=problems(404, 409), summary="Cancel a message")
async def cancel(message_id: str, caller: Sender) -> MessageView:
    """`canceled` at once while no phone holds it. Else `canceling` until its phone answers: it may have left."""
    return view_of(cancel_message(caller.deps, caller.account, ids.parse("msg", message_id)))


@router.post(
    "/messages/{message_id}/reschedule", responses=problems(404, 409), summary="Move a message to another time"
)
async def reschedule(message_id: str, request: RescheduleRequest, caller: Sender) -> MessageView:
    """Possible until a phone has fetched it."""
    send_at = from_datetime(request.send_at)
    return view_of(reschedule_message(caller.deps, caller.account, ids.parse("msg", message_id), send_at))


@router.post(
    "/messages/{message_id}/resend",
    status_code=201,
    responses=problems(402, 404, 409, 503),
    summary="Send it again",
)
async def resend(message_id: str, response: Response, caller: Resender) -> MessageView:
    """A new message with the same number and text, charged as such. The old one must have ended."""
    accepted = resend_message(caller.deps, caller.sender, ids.parse("msg", message_id))
    response.headers.update(rate_limit_headers(accepted.quotas))
    return view_of(accepted.message)
