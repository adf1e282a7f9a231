"""/app/inbox/{conversation_id}: what was said, live; answer it, put it away, give it to somebody, stop it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response

from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.errors import InternalError, InvalidRequest, RoostError
from roost.domain.messages import shown_status
from roost.domain.phone_numbers import is_e164
from roost.usecases.change_conversation import archive, assign, mark_read, reply
from roost.usecases.opt_outs import change_opt_out
from roost.usecases.read_conversations import find_conversation, messages_of
from roost.usecases.submission import Idempotency, Submission
from roost.web.visitor import Posted, PostedForm, SignedIn, Visitor

router = pages_router()

PAGE = 50
LONGEST_ONCE = 64
NOTHING: Mapping[str, str] = MappingProxyType({})


@router.get("/app/inbox/{conversation_id}", summary="One conversation")
async def conversation(request: Request, conversation_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, conversation_id, "conversation.html")


@router.get("/app/inbox/{conversation_id}/said", summary="What was said in it, asked for again and again")
async def said(request: Request, conversation_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, conversation_id, "conversation_said.html")


@router.post("/app/inbox/{conversation_id}", summary="Answer it")
async def answer(request: Request, conversation_id: str, posted: PostedForm) -> Response:
    visitor, text = posted.visitor, posted.fields.get("body", "")
    found = find_conversation(visitor.deps, visitor.account, conversation_id).conversation
    wanted = Submission(to=found.peer, text=text)
    try:
        reply(visitor.deps, visitor.sender, found.id, wanted, _once(posted, text))
    except RoostError as refusal:
        if refusal.status >= InternalError.status:
            raise
        return _refused(request, visitor, conversation_id, refusal, text)
    return go_to(f"/app/inbox/{found.id}")


@router.post("/app/inbox/{conversation_id}/read", summary="Mark it read")
async def read(conversation_id: str, posted: PostedForm) -> Response:
    mark_read(posted.visitor.deps, posted.visitor.account, conversation_id)
    return go_to(f"/app/inbox/{conversation_id}")


@router.post("/app/inbox/{conversation_id}/archive", summary="Put it away, or take it back")
async def put_away(conversation_id: str, posted: PostedForm) -> Response:
    archived = "reopen" not in posted.fields
    archive(posted.visitor.deps, posted.visitor.account, conversation_id, archived=archived)
    return go_to("/app/inbox" if archived else f"/app/inbox/{conversation_id}")


@router.post("/app/inbox/{conversation_id}/assign", summary="Give it to somebody, or to nobody")
async def give(request: Request, conversation_id: str, posted: PostedForm) -> Response:
    visitor = posted.visitor
    assignee = visitor.session.email if "to_me" in posted.fields else posted.fields.get("assigned_to")
    try:
        assign(visitor.deps, visitor.account, conversation_id, assignee)
    except InvalidRequest as problem:
        return _refused(request, visitor, conversation_id, problem)
    return go_to(f"/app/inbox/{conversation_id}")


@router.post("/app/inbox/{conversation_id}/do-not-contact", summary="Write to it no more, or again")
async def stop(conversation_id: str, posted: PostedForm) -> Response:
    visitor = posted.visitor
    found = find_conversation(visitor.deps, visitor.account, conversation_id).conversation
    if not is_e164(found.peer):
        raise InvalidRequest.of("conversation_id", "is of a sender without a number: nothing can be sent to it")
    change_opt_out(visitor.deps, visitor.account, found.peer, do_not_contact="allow" not in posted.fields)
    return go_to(f"/app/inbox/{found.id}")


def _once(posted: Posted, text: str) -> Idempotency | None:
    """A form that is sent twice sends its text once; another text in the same form is another message."""
    once = posted.fields.get("once", "")[:LONGEST_ONCE]
    named = hashlib.sha256(f"{once}\n{text}".encode()).hexdigest()
    return Idempotency(named, named) if once else None


def _refused(
    request: Request, visitor: Visitor, conversation_id: str, problem: RoostError, draft: str = ""
) -> Response:
    shown = {"problem": problem.detail, "draft": draft}
    return _one(request, visitor, conversation_id, "conversation.html", problem.status, shown)


def _one(
    request: Request,
    visitor: Visitor,
    conversation_id: str,
    template: str,
    status: int = 200,
    shown: Mapping[str, str] = NOTHING,
) -> Response:
    """`?suggested`: with the suggested answer in the box, to be looked at and sent."""
    deps, asked = visitor.deps, request.query_params
    known = find_conversation(deps, visitor.account, conversation_id)
    before = ids.parse("msg", asked.get("before", ""))
    messages, older = messages_of(deps, known.conversation, PAGE, before)
    values: dict[str, Any] = {
        "known": known,
        "conversation": known.conversation,
        "name": known.contact.shown_name if known.contact else None,
        "can_be_answered": is_e164(known.conversation.peer),
        "messages": [(message, ids.spell("msg", message.id), shown_status(message).value) for message in messages],
        "is_newest": before is None,
        "older": ids.spell("msg", older) if older is not None else None,
        "draft": known.conversation.suggested_response or "" if "suggested" in asked else "",
        "once": deps.entropy(16).hex(),
        "problem": None,
    }
    return page(request, template, visitor, status=status, **values | dict(shown))
