"""/services/manage-contacts.php"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.router import Call, Fields, add_service, call_with
from roost.dialects.sms8.values import Flag, PhoneNumber, Whole
from roost.domain.api_keys import Scope
from roost.usecases.manage_lists import add_to_list, unsubscribe
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)


class ContactFields(Fields):
    list_id: Whole = Field(alias="listID", description="The contacts list")
    number: PhoneNumber = Field(description="E.164")
    name: str | None = Field(default=None, description="A friendly name, when adding")
    resubscribe: Flag = Field(default=False, description="Also one who has unsubscribed")
    unsubscribe: Flag = Field(default=False, description="Remove from the list")


class Sms8Contact(BaseModel):
    """`subscribed`: `1`, or `0` for one who has left the list and is skipped by sends to it."""

    ID: str
    name: str | None
    number: str
    subscribed: str
    contactsListID: str  # noqa: N815 - SMS8's spelling


class OneContact(BaseModel):
    contact: Sms8Contact


Managing = Annotated[Call[ContactFields], Depends(call_with(Scope.CONTACTS_MANAGE, ContactFields))]


async def manage_contacts(call: Managing) -> Response:
    """Add a number to a list, or take it out. Who has left it stays out of it unless `resubscribe`."""
    caller, wanted = call.caller, call.fields
    if wanted.unsubscribe:
        contact = unsubscribe(caller.deps, caller.account, wanted.list_id, wanted.number)
    else:
        contact = add_to_list(
            caller.deps, caller.account, wanted.list_id, wanted.number, wanted.name, resubscribe=wanted.resubscribe
        )
    shown = {
        "ID": str(contact.id),
        "name": contact.shown_name,
        "number": contact.number,
        "subscribed": "1" if contact.lists.get(wanted.list_id) else "0",
        "contactsListID": str(wanted.list_id),
    }
    return answer({"contact": shown})


add_service(
    router,
    manage_contacts,
    "/services/manage-contacts.php",
    fields=ContactFields,
    response_model=Envelope[OneContact],
    summary="Add a contact to a list, or take it out",
)
