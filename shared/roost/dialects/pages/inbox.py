"""/app/inbox: who wrote, the newest first, live."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from roost.dialects.eightms.conversation_view import cursor_of, place_behind
from roost.dialects.pages.render import page
from roost.dialects.pages.router import pages_router
from roost.domain.conversations import ConversationStatus
from roost.usecases.read_conversations import ConversationFilter, list_conversations
from roost.web.visitor import SignedIn, Visitor

router = pages_router()

PAGE = 50
S = ConversationStatus
SHOWN: Mapping[str, frozenset[ConversationStatus]] = MappingProxyType(
    {"open": frozenset({S.UNREAD, S.READ}), "unread": frozenset({S.UNREAD}), "archived": frozenset({S.ARCHIVED})}
)
FIELDS = ("status", "q", "mine")


@router.get("/app/inbox", summary="Inbox")
async def inbox(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor, "inbox.html")


@router.get("/app/inbox/rows", summary="The rows of the inbox, asked for again and again")
async def rows(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor, "inbox_rows.html")


def _list(request: Request, visitor: Visitor, template: str) -> Response:
    asked = request.query_params
    before = asked.get("before") or None
    found, place = list_conversations(
        visitor.deps, visitor.account, _filter_of(asked, visitor), PAGE, place_behind(before)
    )
    values: dict[str, Any] = {
        "conversations": found,
        "statuses": tuple(SHOWN),
        "wanted": asked,
        "query": urlencode({name: asked[name] for name in FIELDS if asked.get(name)}),
        "before": before or "",
        "older": cursor_of(place),
    }
    return page(request, template, visitor, **values)


def _filter_of(asked: Mapping[str, str], visitor: Visitor) -> ConversationFilter:
    """What makes no sense filters nothing."""
    statuses = SHOWN.get(asked.get("status", "open"), SHOWN["open"])
    assigned_to = visitor.session.email if asked.get("mine") else None
    return ConversationFilter(statuses, asked.get("q", "").strip() or None, assigned_to)
