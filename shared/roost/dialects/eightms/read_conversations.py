"""GET /v1/conversations and /v1/conversations/{conversation_id}."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import BaseModel

from roost.dialects.eightms.conversation_view import (
    ConversationView,
    conversation_view,
    cursor_of,
    place_behind,
)
from roost.dialects.eightms.list_query import Limit, parsed_id
from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.router import eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.conversations import ConversationStatus
from roost.domain.sign_in import normal_email
from roost.usecases.explain_waits import waits_of
from roost.usecases.read_conversations import (
    ConversationFilter,
    find_conversation,
    list_conversations,
    messages_of,
)
from roost.web.caller import Caller, caller_with

router = eightms_router("Conversations")

Reader = Annotated[Caller, Depends(caller_with(Scope.MESSAGES_READ))]
S = ConversationStatus

STATUSES: Mapping[str, frozenset[ConversationStatus]] = MappingProxyType(
    {"open": frozenset({S.UNREAD, S.READ})} | {status.value: frozenset({status}) for status in S}
)


class ConversationPage(BaseModel):
    """`next_cursor`: give it back as `cursor` for older ones; null at the end."""

    data: list[ConversationView]
    next_cursor: str | None


class ConversationMessages(BaseModel):
    """`messages` in the order in which they were written, the newest last. `next_cursor`: give it back as `cursor` for
    those before them; null at the beginning."""

    conversation: ConversationView
    messages: list[MessageView]
    next_cursor: str | None


@router.get("/conversations", responses=problems(), summary="List conversations, newest first")
async def list_all(
    caller: Reader,
    status: Annotated[
        Literal["open", "unread", "read", "archived"], Query(description="`open`: unread and read")
    ] = "open",
    q: Annotated[str | None, Query(max_length=100, description="In the number, the name or the last message")] = None,
    assigned_to: Annotated[str | None, Query(description="The address of who it is assigned to")] = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> ConversationPage:
    """A number is listed once it has answered, or was written to from here. A page may be shorter than `limit`, or
    empty, while `next_cursor` is there: go on until it is null."""
    assignee = normal_email(assigned_to) or assigned_to if assigned_to else None
    wanted = ConversationFilter(STATUSES[status], q or None, assignee)
    page, place = list_conversations(caller.deps, caller.account, wanted, limit, place_behind(cursor))
    return ConversationPage(data=[conversation_view(known) for known in page], next_cursor=cursor_of(place))


@router.get("/conversations/{conversation_id}", responses=problems(404), summary="One conversation and its messages")
async def read_one(
    conversation_id: str, caller: Reader, limit: Limit = 50, cursor: str | None = None
) -> ConversationMessages:
    """By its id or its number, both directions in order. Of a number that never answered: what was sent to it in a
    batch, or one by one within a week."""
    known = find_conversation(caller.deps, caller.account, conversation_id)
    page, below = messages_of(caller.deps, known.conversation, limit, parsed_id("msg", "cursor", cursor))
    waits = waits_of(caller.deps, page)
    return ConversationMessages(
        conversation=conversation_view(known),
        messages=[view_of(message, waits[message.id]) for message in page],
        next_cursor=ids.spell("msg", below) if below is not None else None,
    )
