"""GET /v1/messages, /v1/messages/{message_id} and /v1/groups/{group_id}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from roost.dialects.eightms.list_query import parsed_id
from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.router import eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.instants import from_datetime, rfc3339
from roost.domain.messages import SHOWN_AS, Direction, Message, MessageStatus
from roost.usecases.explain_waits import waits_of
from roost.usecases.groups import Group, read_group
from roost.usecases.read_messages import MessageFilter, list_messages, read_message
from roost.web.caller import Caller, caller_with
from roost.web.moments import Moment

router = eightms_router("Messages")

Reader = Annotated[Caller, Depends(caller_with(Scope.MESSAGES_READ))]


NEVER_SHOWN = frozenset(SHOWN_AS)


class GroupView(BaseModel):
    """What was accepted in one request. `status`: how many of its `count` messages are in each state."""

    group_id: str = Field(examples=["grp_374928374928"])
    created_at: str
    count: int
    status: Mapping[MessageStatus, int] = Field(examples=[{"queued": 40, "sent": 160}])


class MessagePage(BaseModel):
    """`next_cursor`: give it back as `cursor` for older messages; null at the end."""

    data: list[MessageView]
    next_cursor: str | None


@router.get("/messages", responses=problems(), summary="List messages, newest first")
async def list_all(
    caller: Reader,
    status: MessageStatus | None = None,
    direction: Direction | None = None,
    phone_id: str | None = None,
    number: Annotated[str | None, Query(description="The other party, E.164 (a plus is %2B in a URL)")] = None,
    sim_slot: Annotated[int | None, Query(ge=0, le=9)] = None,
    group_id: Annotated[str | None, Query(description="All messages of one request")] = None,
    since: Annotated[Moment | None, Query(description="Created then or later, with its zone")] = None,
    until: Annotated[Moment | None, Query(description="Created then or earlier, with its zone")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> MessagePage:
    """A page may be shorter than `limit`, or empty, while `next_cursor` is there: go on until it is null."""
    wanted = MessageFilter(
        status=shown(status),
        direction=direction,
        phone=parsed_id("phn", "phone_id", phone_id),
        peer=number,
        sim_slot=sim_slot,
        group=parsed_id("grp", "group_id", group_id),
        since=from_datetime(since) if since else None,
        until=from_datetime(until) if until else None,
    )
    page, after = list_messages(caller.deps, caller.account, wanted, limit, parsed_id("msg", "cursor", cursor))
    return MessagePage(data=_views(caller, page), next_cursor=ids.spell("msg", after) if after is not None else None)


@router.get("/messages/{message_id}", responses=problems(404), summary="One message with its timeline")
async def read_one(message_id: str, caller: Reader) -> MessageView:
    return _views(caller, [read_message(caller.deps, caller.account, ids.parse("msg", message_id))])[0]


def _views(caller: Caller, messages: list[Message]) -> list[MessageView]:
    waits = waits_of(caller.deps, messages)
    return [view_of(message, waits[message.id]) for message in messages]


@router.get("/groups/{group_id}", responses=problems(404), summary="How far a group of messages is")
async def group(group_id: str, caller: Reader) -> GroupView:
    """`GET /v1/messages?group_id=` lists its messages."""
    return view_of_group(read_group(caller.deps, caller.account, ids.parse("grp", group_id)))


def view_of_group(group: Group) -> GroupView:
    return GroupView(
        group_id=ids.spell("grp", group.id), created_at=rfc3339(group.created_at), count=group.size, status=group.counts
    )


def shown(status: MessageStatus | None) -> MessageStatus | None:
    """Raises InvalidRequest for a state that callers never see."""
    if status in NEVER_SHOWN:
        raise InvalidRequest.of("status", f"is never shown: use {SHOWN_AS[status]}")
    return status
