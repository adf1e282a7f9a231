"""/app/contacts/{contact_id}: what is known about one contact, its lists, and whether it may be written to."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.eightms.contact_view import parsed_contact, parsed_list
from roost.dialects.pages.contact_query import OWN, changes_of, lines_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.contacts import Contact
from roost.domain.errors import InvalidRequest
from roost.usecases.manage_contacts import change_contact, find_contact, opted_out, remove_contact
from roost.usecases.manage_lists import add_to_list, list_all_lists, unsubscribe
from roost.usecases.opt_outs import change_opt_out
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()


@router.get("/app/contacts/{contact_id}", summary="One contact")
async def contact(request: Request, contact_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, _found(visitor, contact_id))


@router.post("/app/contacts/{contact_id}", summary="Change a contact")
async def change(request: Request, contact_id: str, posted: PostedForm) -> Response:
    visitor, known = posted.visitor, _found(posted.visitor, contact_id)
    try:
        change_contact(visitor.deps, visitor.account, known.id, changes_of(posted.fields, known))
    except InvalidRequest as problem:
        return _one(request, visitor, known, status=problem.status, problem=problem.detail, filled_in=posted.fields)
    return go_to(f"/app/contacts/{contact_id}")


@router.post("/app/contacts/{contact_id}/remove", summary="Delete a contact")
async def remove(contact_id: str, posted: PostedForm) -> Response:
    remove_contact(posted.visitor.deps, posted.visitor.account, parsed_contact(contact_id))
    return go_to("/app/contacts")


@router.post("/app/contacts/{contact_id}/lists", summary="Subscribe it to a list, or take it out")
async def subscribe(contact_id: str, posted: PostedForm) -> Response:
    """By hand, so who left the list is subscribed again."""
    visitor, known = posted.visitor, _found(posted.visitor, contact_id)
    list_id = parsed_list(posted.fields.get("list_id", ""))
    if "leave" in posted.fields:
        unsubscribe(visitor.deps, visitor.account, list_id, known.number)
    else:
        add_to_list(visitor.deps, visitor.account, list_id, known.number, resubscribe=True)
    return go_to(f"/app/contacts/{contact_id}")


@router.post("/app/contacts/{contact_id}/do-not-contact", summary="Write to it no more, or again")
async def stop(contact_id: str, posted: PostedForm) -> Response:
    visitor, known = posted.visitor, _found(posted.visitor, contact_id)
    change_opt_out(visitor.deps, visitor.account, known.number, do_not_contact="allow" not in posted.fields)
    return go_to(f"/app/contacts/{contact_id}")


def _found(visitor: Visitor, contact_id: str) -> Contact:
    return find_contact(visitor.deps, visitor.account, parsed_contact(contact_id))


def _one(request: Request, visitor: Visitor, known: Contact, *, status: int = 200, **shown: Any) -> Response:
    lists = list_all_lists(visitor.deps, visitor.account)
    stored = {name: getattr(known, name) or "" for name in OWN}
    values: dict[str, Any] = {
        "contact": known,
        "contact_id": ids.spell("con", known.id),
        "lists": [(found, known.lists.get(found.id)) for found in lists],
        "do_not_contact": known.number in opted_out(visitor.deps, visitor.account, [known]),
        "filled_in": {**stored, "tags": ", ".join(sorted(known.tags)), "fields": lines_of(known.fields)},
        "problem": None,
    }
    return page(request, "contact.html", visitor, status=status, **values | shown)
