"""/v1/lists."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, Field

from roost.dialects.eightms.contact_view import (
    ContactView,
    ListView,
    contact_view,
    list_view,
    parsed_contact,
    parsed_list,
)
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain.api_keys import Scope
from roost.domain.contacts import number_of
from roost.domain.errors import NotFound
from roost.usecases.manage_lists import (
    add_to_list,
    create_list,
    find_list,
    list_all_lists,
    remove_list,
    rename_list,
    unsubscribe,
)
from roost.web.caller import Caller, caller_with

router = eightms_router("Contacts")

Reader = Annotated[Caller, Depends(caller_with(Scope.CONTACTS_READ))]
Owner = Annotated[Caller, Depends(caller_with(Scope.CONTACTS_MANAGE))]


class ListRequest(Strict):
    name: str = Field(min_length=1, max_length=60)


class MemberRequest(Strict):
    number: str = Field(description="E.164", examples=["+14155551234"])
    name: str | None = Field(default=None, min_length=1, max_length=200)
    resubscribe: bool = Field(default=False, description="Also if it has left the list")


class ListsView(BaseModel):
    data: list[ListView]


@router.post("/lists", status_code=201, responses=problems(), summary="Create a list")
async def create(request: ListRequest, caller: Owner) -> ListView:
    return list_view(create_list(caller.deps, caller.account, request.name))


@router.get("/lists", responses=problems(), summary="List the lists")
async def list_all(caller: Reader) -> ListsView:
    return ListsView(data=[list_view(found) for found in list_all_lists(caller.deps, caller.account)])


@router.get("/lists/{list_id}", responses=problems(404), summary="One list")
async def read_one(list_id: str, caller: Reader) -> ListView:
    """`GET /v1/contacts?list_id=` shows who is in it."""
    return list_view(find_list(caller.deps, caller.account, parsed_list(list_id)))


@router.patch("/lists/{list_id}", responses=problems(404), summary="Rename a list")
async def rename(list_id: str, request: ListRequest, caller: Owner) -> ListView:
    return list_view(rename_list(caller.deps, caller.account, parsed_list(list_id), request.name))


@router.delete("/lists/{list_id}", status_code=204, responses=problems(404), summary="Delete a list")
async def remove(list_id: str, caller: Owner) -> None:
    """Its contacts stay."""
    remove_list(caller.deps, caller.account, parsed_list(list_id))


@router.post("/lists/{list_id}/contacts", responses=problems(404), summary="Add a number to a list")
async def add(list_id: str, request: MemberRequest, caller: Owner) -> ContactView:
    """The number becomes a contact if it is none. Who has left the list stays out unless `resubscribe`."""
    number, name, again = request.number, request.name, request.resubscribe
    return contact_view(
        caller, add_to_list(caller.deps, caller.account, parsed_list(list_id), number, name, resubscribe=again)
    )


@router.delete("/lists/{list_id}/contacts/{contact_id}", responses=problems(404), summary="Unsubscribe a contact")
async def leave(list_id: str, contact_id: str, caller: Owner) -> ContactView:
    """Sends to the list skip it from now on; that it left is remembered."""
    contact = parsed_contact(contact_id)
    if contact is None:
        raise NotFound("No such contact")
    return contact_view(caller, unsubscribe(caller.deps, caller.account, parsed_list(list_id), number_of(contact)))
