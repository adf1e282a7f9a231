"""Keep lists of contacts, and who is subscribed to them."""

from __future__ import annotations

from collections.abc import Iterator

from roost.domain.contacts import (
    Contact,
    ContactList,
    checked_list_name,
    checked_number,
    described,
    subscribed,
    unsubscribed,
)
from roost.domain.errors import NotFound
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.contact_lists import delete_list, get_list, list_lists, next_list_id, put_list
from roost.storage.contact_lists import rename_list as rename_stored_list
from roost.storage.contacts import members_after
from roost.usecases.manage_contacts import save

NO_LIST = "No such list: GET /v1/lists shows yours"


def create_list(deps: Deps, account: str, name: str) -> ContactList:
    """Raises InvalidRequest."""
    made = ContactList(account, next_list_id(deps.contacts, account), checked_list_name(name), deps.now())
    put_list(deps.contacts, made)
    return made


def list_all_lists(deps: Deps, account: str) -> list[ContactList]:
    return list_lists(deps.contacts, account)


def find_list(deps: Deps, account: str, list_id: int | None) -> ContactList:
    """Raises NotFound."""
    found = get_list(deps.contacts, account, list_id) if list_id is not None else None
    if found is None:
        raise NotFound(NO_LIST)
    return found


def rename_list(deps: Deps, account: str, list_id: int | None, name: str) -> ContactList:
    """Raises NotFound and InvalidRequest."""
    found = find_list(deps, account, list_id)
    try:
        return rename_stored_list(deps.contacts, account, found.id, checked_list_name(name))
    except ConditionFailed:
        raise NotFound(NO_LIST) from None


def remove_list(deps: Deps, account: str, list_id: int | None) -> None:
    """Its contacts stay. Raises NotFound."""
    delete_list(deps.contacts, account, find_list(deps, account, list_id).id)


def add_to_list(
    deps: Deps, account: str, list_id: int | None, number: str, name: str | None = None, *, resubscribe: bool = False
) -> Contact:
    """Subscribe a number, which becomes a contact if it is none. Adding it again changes nothing but its name.

    Who unsubscribed stays unsubscribed unless `resubscribe`: the answer's `lists` tells. Raises NotFound (the list)
    and InvalidRequest.
    """
    checked_number(number, "number")
    wanted = find_list(deps, account, list_id)

    def add(known: Contact | None) -> Contact:
        contact = known or Contact(account, number, deps.now())
        named = described(contact, {"name": name}) if name else contact
        return subscribed(named, wanted.id, again=resubscribe)

    return save(deps, account, number, add)


def unsubscribe(deps: Deps, account: str, list_id: int | None, number: str) -> Contact:
    """Sends to the list skip it from now on. It stays known as unsubscribed. Raises NotFound if it never was in it."""
    wanted = find_list(deps, account, list_id)

    def leave(known: Contact | None) -> Contact:
        if known is None or wanted.id not in known.lists:
            raise NotFound("This number is not in the list")
        return unsubscribed(known, wanted.id)

    return save(deps, account, checked_number(number, "number"), leave)


def subscribed_numbers(deps: Deps, account: str, list_id: int | None) -> Iterator[str]:
    """Everybody who is subscribed, by number, read page by page: a list of any length takes the memory of one page.

    Raises NotFound at once, before the first number is asked for.
    """
    found = find_list(deps, account, list_id)
    members = members_after(deps.contacts, account, found.id, None)
    return (number for number, is_in in members if is_in)
