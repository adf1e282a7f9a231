"""/app/messages: what was sent and received, live; one message's way; send, cancel, send again."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.pages.message_query import STATUSES, filter_of, query_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.errors import InternalError, RoostError
from roost.domain.messages import shown_status
from roost.domain.timelines import timeline
from roost.usecases.cancel_message import cancel_message
from roost.usecases.explain_waits import waits_of
from roost.usecases.manage_phones import list_account_phones
from roost.usecases.read_messages import list_messages, read_message
from roost.usecases.resend_message import resend_message
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()

PAGE = 50


@router.get("/app/messages", summary="Messages")
async def messages(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor, "messages.html")


@router.get("/app/messages/rows", summary="The rows of the page, asked for again and again")
async def rows(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor, "message_rows.html")


@router.post("/app/messages", summary="Send a message")
async def send(request: Request, posted: PostedForm) -> Response:
    visitor, fields = posted.visitor, posted.fields
    wanted = Submission(
        to=fields.get("to", ""),
        text=fields.get("body", ""),
        phone=ids.parse("phn", fields["phone_id"]) if "phone_id" in fields else None,
    )
    try:
        accepted = send_message(visitor.deps, visitor.sender, wanted)
    except RoostError as refusal:
        if refusal.status >= InternalError.status:
            raise
        return _list(request, visitor, "messages.html", status=refusal.status, problem=refusal, filled_in=fields)
    return go_to(f"/app/messages/{ids.spell('msg', accepted.message.id)}")


@router.get("/app/messages/{message_id}", summary="One message and its way")
async def message(request: Request, message_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, message_id, "message.html")


@router.get("/app/messages/{message_id}/way", summary="The way of one message, asked for again and again")
async def way(request: Request, message_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, message_id, "message_way.html")


@router.post("/app/messages/{message_id}/cancel", summary="Cancel a message")
async def cancel(message_id: str, posted: PostedForm) -> Response:
    cancel_message(posted.visitor.deps, posted.visitor.account, ids.parse("msg", message_id))
    return go_to(f"/app/messages/{message_id}")


@router.post("/app/messages/{message_id}/resend", summary="Send a message again")
async def resend(message_id: str, posted: PostedForm) -> Response:
    accepted = resend_message(posted.visitor.deps, posted.visitor.sender, ids.parse("msg", message_id))
    return go_to(f"/app/messages/{ids.spell('msg', accepted.message.id)}")


def _list(request: Request, visitor: Visitor, template: str, *, status: int = 200, **shown: Any) -> Response:
    asked = request.query_params
    wanted = filter_of(asked)
    before = ids.parse("msg", asked.get("before", ""))
    found, older = list_messages(visitor.deps, visitor.account, wanted, PAGE, before)
    phones, _ = list_account_phones(visitor.deps, visitor.account)
    values: dict[str, Any] = {
        "messages": [(entry, shown_status(entry).value) for entry in found],
        "phones": phones,
        "statuses": STATUSES,
        "wanted": asked,
        "query": query_of(asked),
        "before": ids.spell("msg", before) if before is not None else "",
        "older": ids.spell("msg", older) if older is not None else None,
        "problem": None,
        "filled_in": {},
    }
    return page(request, template, visitor, status=status, **values | shown)


def _one(request: Request, visitor: Visitor, message_id: str, template: str) -> Response:
    found = read_message(visitor.deps, visitor.account, ids.parse("msg", message_id))
    wait = waits_of(visitor.deps, [found]).get(found.id)
    return page(
        request,
        template,
        visitor,
        message=found,
        message_id=ids.spell("msg", found.id),
        status_word=shown_status(found).value,
        steps=timeline(found),
        wait=wait,
    )
