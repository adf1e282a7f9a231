"""Contacts and lists as `/v1` shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from roost.domain import ids
from roost.domain.contacts import Contact, ContactList, contact_id
from roost.domain.errors import NotFound
from roost.domain.instants import rfc3339
from roost.domain.phone_numbers import is_e164
from roost.usecases.manage_contacts import opted_out
from roost.web.caller import Caller


class SubscriptionView(BaseModel):
    """`subscribed` false: it left the list, and sends to the list skip it."""

    list_id: str
    subscribed: bool


class ContactView(BaseModel):
    """`do_not_contact`: it answered STOP, and every send to it is refused until it answers START."""

    id: str = Field(examples=["con_14155551234"])
    number: str
    name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    tags: list[str]
    fields: dict[str, str]
    lists: list[SubscriptionView]
    do_not_contact: bool
    created_at: str


class ListView(BaseModel):
    id: str = Field(examples=["lst_1"])
    name: str
    created_at: str


def contact_view(caller: Caller, contact: Contact) -> ContactView:
    return contact_views(caller, [contact])[0]


def contact_views(caller: Caller, contacts: list[Contact]) -> list[ContactView]:
    refused = opted_out(caller.deps, caller.account, contacts)
    return [_view(contact, contact.number in refused) for contact in contacts]


def _view(contact: Contact, do_not_contact: bool) -> ContactView:
    return ContactView(
        id=ids.spell("con", contact.id),
        number=contact.number,
        name=contact.shown_name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        tags=sorted(contact.tags),
        fields=dict(contact.fields),
        lists=[
            SubscriptionView(list_id=ids.spell("lst", list_id), subscribed=state)
            for list_id, state in sorted(contact.lists.items())
        ],
        do_not_contact=do_not_contact,
        created_at=rfc3339(contact.created_at),
    )


def list_view(found: ContactList) -> ListView:
    return ListView(id=ids.spell("lst", found.id), name=found.name, created_at=rfc3339(found.created_at))


def parsed_contact(text: str) -> int | None:
    """`con_14155551234`, `14155551234` or `+14155551234`."""
    return contact_id(text) if is_e164(text) else ids.parse("con", text)


def parsed_list(text: str) -> int:
    """Raises NotFound: an id nobody could have is an id of nobody's list."""
    number = ids.parse("lst", text)
    if number is None:
        raise NotFound("No such list: GET /v1/lists shows yours")
    return number
