"""GET /v1/messages and /v1/messages/{message_id}."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel

from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.router import eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.messages import SHOWN_AS, Direction, Message, MessageStatus
from roost.usecases.read_messages import MessageFilter, list_messages, read_message, waits_of
from roost.web.caller import Caller, caller_with

router = eightms_router("Messages")

Reader = Annotated[Caller, Depends(caller_with(Scope.MESSAGES_READ))]


NEVER_SHOWN = frozenset(SHOWN_AS)


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
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> MessagePage:
    """A page may be shorter than `limit`, or empty, while `next_cursor` is there: go on until it is null."""
    if status in NEVER_SHOWN:
        raise InvalidRequest.of("status", f"is never shown: use {SHOWN_AS[status]}")
    wanted = MessageFilter(status, direction, _parsed("phn", "phone_id", phone_id), number)
    page, after = list_messages(caller.deps, caller.account, wanted, limit, _parsed("msg", "cursor", cursor))
    return MessagePage(data=_views(caller, page), next_cursor=ids.spell("msg", after) if after is not None else None)


@router.get("/messages/{message_id}", responses=problems(404), summary="One message with its timeline")
async def read_one(message_id: str, caller: Reader) -> MessageView:
    return _views(caller, [read_message(caller.deps, caller.account, ids.parse("msg", message_id))])[0]


def _views(caller: Caller, messages: list[Message]) -> list[MessageView]:
    waits = waits_of(caller.deps, messages)
    return [view_of(message, waits[message.id]) for message in messages]


def _parsed(prefix: ids.Prefix, field: str, text: str | None) -> int | None:
    if text is None:
        return None
    number = ids.parse(prefix, text)
    if number is None:
        raise InvalidRequest.of(field, f"is no id of ours, they look like {ids.spell(prefix, 12)}")
    return number
