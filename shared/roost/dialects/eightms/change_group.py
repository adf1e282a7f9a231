"""POST /v1/groups/{group_id}/cancel and /resend, and /v1/messages/resend: many messages at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field

from roost.dialects.eightms.list_query import parsed_id
from roost.dialects.eightms.read_messages import GroupView, shown, view_of_group
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.send_batch import BatchView, view_of_batch
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import NotFound
from roost.domain.instants import from_datetime
from roost.domain.messages import MessageStatus
from roost.usecases.groups import cancel_group
from roost.usecases.read_messages import MessageFilter
from roost.usecases.resend_message import resend_messages
from roost.usecases.submission import Idempotency
from roost.web.caller import Caller, caller_with, sender_with
from roost.web.idempotency import idempotency_of
from roost.web.moments import Moment

router = eightms_router("Messages")

Changer = Annotated[Caller, Depends(caller_with(Scope.MESSAGES_SEND))]
Sender = Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))]
Key = Annotated[Idempotency | None, Depends(idempotency_of)]


class ResendGroupRequest(Strict):
    status: MessageStatus | None = Field(
        default=None, description="Only those in this state; without it all ended ones"
    )


class ResendRequest(Strict):
    """The filters of `GET /v1/messages`."""

    status: MessageStatus
    phone_id: str | None = None
    sim_slot: int | None = Field(default=None, ge=0, le=9)
    number: str | None = Field(default=None, description="The other party, E.164")
    since: Moment | None = Field(default=None, description="Created then or later, with its zone")
    until: Moment | None = Field(default=None, description="Created then or earlier, with its zone")


@router.post("/groups/{group_id}/cancel", responses=problems(404, 503), summary="Cancel what has not left of a group")
async def cancel(group_id: str, caller: Changer) -> GroupView:
    """`canceled` at once while no phone holds a message. Else `canceling` until its phone answers: it may have left."""
    return view_of_group(cancel_group(caller.deps, caller.account, ids.parse("grp", group_id)))


@router.post(
    "/groups/{group_id}/resend", status_code=201, responses=problems(404, 409, 413, 503), summary="Send a group again"
)
async def resend(
    group_id: str, request: ResendGroupRequest, response: Response, caller: Sender, idempotency: Key
) -> BatchView:
    """Those of its messages that have ended, as a new group."""
    group = ids.parse("grp", group_id)
    if group is None:
        raise NotFound("No such group")
    wanted = MessageFilter(status=shown(request.status), group=group)
    return view_of_batch(resend_messages(caller.deps, caller.sender, wanted, idempotency), response)


@router.post(
    "/messages/resend", status_code=201, responses=problems(404, 409, 413, 503), summary="Send all again that match"
)
async def resend_matching(request: ResendRequest, response: Response, caller: Sender, idempotency: Key) -> BatchView:
    """Of what you sent, all that has ended and matches, as one new group. Use an `Idempotency-Key`: without one a
    repeated request sends them once more."""
    wanted = MessageFilter(
        status=shown(request.status),
        phone=parsed_id("phn", "phone_id", request.phone_id),
        peer=request.number,
        sim_slot=request.sim_slot,
        since=from_datetime(request.since) if request.since else None,
        until=from_datetime(request.until) if request.until else None,
    )
    return view_of_batch(resend_messages(caller.deps, caller.sender, wanted, idempotency), response)
