"""/v1/contacts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field

from roost.dialects.eightms.contact_view import ContactView, contact_view, contact_views, parsed_contact, parsed_list
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.audiences import ContactFilter
from roost.domain.errors import InvalidRequest
from roost.usecases.manage_contacts import (
    change_contact,
    find_contact,
    list_contacts,
    put_contact,
    remove_contact,
)
from roost.web.caller import Caller, caller_with

router = eightms_router("Contacts")

Reader = Annotated[Caller, Depends(caller_with(Scope.CONTACTS_READ))]
Owner = Annotated[Caller, Depends(caller_with(Scope.CONTACTS_MANAGE))]


class ContactChange(Strict):
    """What is left out stays; null clears. `fields` are merged by name, and null removes one."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    tags: list[str] | None = None
    fields: dict[str, str | None] | None = None


class ContactRequest(ContactChange):
    number: str = Field(description="E.164", examples=["+14155551234"])
    lists: list[str] = Field(default_factory=list, max_length=90, description="Lists to subscribe it to")


class ContactPage(BaseModel):
    """`next_cursor`: give it back as `cursor` for more; null at the end."""

    data: list[ContactView]
    next_cursor: str | None


@router.post("/contacts", status_code=201, responses=problems(404), summary="Add a contact, or tell more about one")
async def put(request: ContactRequest, response: Response, caller: Owner) -> ContactView:
    """A number is one contact: 200 if it was there. A list it has left it stays out of."""
    changes = request.model_dump(exclude_unset=True, exclude={"number", "lists"})
    lists = [parsed_list(list_id) for list_id in request.lists]
    contact, is_new = put_contact(caller.deps, caller.account, request.number, changes, lists)
    response.status_code = 201 if is_new else 200
    return contact_view(caller, contact)


async def wanted_contacts(
    list_id: str | None = None,
    subscribed: Annotated[bool | None, Query(description="In the list `list_id`")] = None,
    tag: Annotated[list[str] | None, Query(description="All of these; repeat it for more")] = None,
    any_tag: Annotated[list[str] | None, Query(description="At least one of these")] = None,
    field: Annotated[list[str] | None, Query(description="An own field and its value, `city:Vigo`")] = None,
    search: Annotated[str | None, Query(max_length=100, description="Part of number, name or e-mail")] = None,
) -> ContactFilter:
    """Raises InvalidRequest and NotFound."""
    if subscribed is not None and list_id is None:
        raise InvalidRequest.of("subscribed", "needs a list_id: a contact is subscribed to a list")
    return ContactFilter(
        list_id=parsed_list(list_id) if list_id is not None else None,
        subscribed=subscribed,
        tags=frozenset(tag or ()),
        any_tags=frozenset(any_tag or ()),
        fields=dict(_field_and_value(text) for text in field or ()),
        search=search or None,
    )


Wanted = Annotated[ContactFilter, Depends(wanted_contacts)]
"""Which contacts a request is about, by its query."""


@router.get("/contacts", responses=problems(404), summary="List contacts by number")
async def list_all(
    caller: Reader, wanted: Wanted, limit: Annotated[int, Query(ge=1, le=100)] = 50, cursor: str | None = None
) -> ContactPage:
    """A page may be shorter than `limit`, or empty, while `next_cursor` is there: go on until it is null."""
    after = parsed_contact(cursor) if cursor is not None else None
    if cursor is not None and after is None:
        raise InvalidRequest.of("cursor", "is no cursor of ours: give back next_cursor as it was")
    page, behind = list_contacts(caller.deps, caller.account, wanted, limit, after)
    next_cursor = ids.spell("con", behind) if behind is not None else None
    return ContactPage(data=contact_views(caller, page), next_cursor=next_cursor)


def _field_and_value(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise InvalidRequest.of("field", "needs a name, a colon and a value, for example city:Vigo")
    return name, value


@router.get("/contacts/{contact_id}", responses=problems(404), summary="One contact")
async def read_one(contact_id: str, caller: Reader) -> ContactView:
    """By its id or its number."""
    return contact_view(caller, find_contact(caller.deps, caller.account, parsed_contact(contact_id)))


@router.patch("/contacts/{contact_id}", responses=problems(404), summary="Change a contact")
async def change(contact_id: str, request: ContactChange, caller: Owner) -> ContactView:
    changes = request.model_dump(exclude_unset=True)
    return contact_view(caller, change_contact(caller.deps, caller.account, parsed_contact(contact_id), changes))


@router.delete("/contacts/{contact_id}", status_code=204, responses=problems(404), summary="Delete a contact")
async def remove(contact_id: str, caller: Owner) -> None:
    """Out of every list, too. Its messages stay."""
    remove_contact(caller.deps, caller.account, parsed_contact(contact_id))
