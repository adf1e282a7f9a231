"""/app/contacts: who is known, by search, tag and list; add somebody; take them all away as a file."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.eightms.contact_view import parsed_contact
from roost.dialects.pages.contact_query import OWN, fields_of, filter_of, query_of, tags_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.errors import InvalidRequest
from roost.usecases.export_contacts import export_contacts
from roost.usecases.manage_contacts import list_contacts, opted_out, put_contact
from roost.usecases.manage_lists import list_all_lists
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()

PAGE = 50
MOST_CHARACTERS = 2_000_000
"""Of a file, and one part more: an answer of Lambda holds 6 MB. The API hands out all parts, one by one."""

HEADERS = {"content-disposition": 'attachment; filename="contacts.csv"', "cache-control": "no-store"}


@router.get("/app/contacts", summary="Contacts")
async def contacts(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor)


@router.post("/app/contacts", summary="Add a contact, or tell more about one")
async def add(request: Request, posted: PostedForm) -> Response:
    """Of a number that is known only what is filled in changes."""
    visitor, fields = posted.visitor, posted.fields
    try:
        changes: dict[str, Any] = {name: fields[name] for name in OWN if name in fields}
        changes |= {"tags": tags_of(fields["tags"])} if "tags" in fields else {}
        changes |= {"fields": fields_of(fields["fields"])} if "fields" in fields else {}
        contact, _ = put_contact(visitor.deps, visitor.account, fields.get("number", ""), changes)
    except InvalidRequest as problem:
        return _list(request, visitor, status=problem.status, problem=problem.detail, filled_in=fields)
    return go_to(f"/app/contacts/{ids.spell('con', contact.id)}")


@router.get("/app/contacts/export", summary="Contacts as a CSV file")
async def export(request: Request, visitor: SignedIn) -> Response:
    """Those of the filter, by number, from `after` on."""
    wanted, parts = filter_of(request.query_params), []
    behind = parsed_contact(request.query_params.get("after", ""))
    while True:
        part, behind = export_contacts(visitor.deps, visitor.account, wanted, behind)
        parts.append(part)
        if behind is None or sum(map(len, parts)) > MOST_CHARACTERS:
            break
    return Response("".join(parts).encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=HEADERS)


def _list(request: Request, visitor: Visitor, *, status: int = 200, **shown: Any) -> Response:
    asked = request.query_params
    after = parsed_contact(asked.get("after", ""))
    found, behind = list_contacts(visitor.deps, visitor.account, filter_of(asked), PAGE, after)
    stopped = opted_out(visitor.deps, visitor.account, found)
    values: dict[str, Any] = {
        "contacts": [(contact, contact.number in stopped) for contact in found],
        "lists": list_all_lists(visitor.deps, visitor.account),
        "wanted": asked,
        "query": query_of(asked),
        "following": ids.spell("con", behind) if behind is not None else None,
        "problem": None,
        "filled_in": {},
    }
    return page(request, "contacts.html", visitor, status=status, **values | shown)
