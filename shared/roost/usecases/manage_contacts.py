"""Keep contacts: a number and what is known about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from roost.domain.audiences import ContactFilter
from roost.domain.contacts import Contact, checked_number, contact_id, described, number_of, subscribed
from roost.domain.errors import NotFound, TryLater
from roost.runtime.deps import Deps
from roost.storage.contact_fields import learn_fields
from roost.storage.contact_lists import get_list, list_lists
from roost.storage.contacts import (
    ContactChanged,
    contacts_after,
    delete_contact,
    get_contact,
    get_contacts,
    members_after,
    save_contact,
)
from roost.storage.opt_outs import opted_out_among
from roost.storage.transactions import WriteConflict

TRIES = 8
MOST_EXAMINED = 1_000
"""Where little matches a page stops here and hands out a cursor: no request reads without end."""


def put_contact(
    deps: Deps, account: str, number: str, changes: Mapping[str, Any], lists: Iterable[int] = ()
) -> tuple[Contact, bool]:
    """The contact of a number, and whether it is new. A known one is told what is new about it, and keeps the rest.

    `lists`: to subscribe it to; a list it has left it stays out of. Raises InvalidRequest and NotFound (a list).
    """
    checked_number(number, "number")
    wanted = tuple(lists)
    for list_id in wanted:
        if get_list(deps.contacts, account, list_id) is None:
            raise NotFound("No such list: GET /v1/lists shows yours")
    was_there = False

    def put(known: Contact | None) -> Contact:
        nonlocal was_there
        was_there = known is not None
        contact = described(known or Contact(account, number, deps.now()), changes)
        for list_id in wanted:
            contact = subscribed(contact, list_id)
        return contact

    contact = save(deps, account, number, put)
    learn_fields(deps.contacts, account, contact.fields.keys() & (changes.get("fields") or {}).keys())
    return contact, not was_there


def change_contact(deps: Deps, account: str, contact: int | None, changes: Mapping[str, Any]) -> Contact:
    """Raises NotFound and InvalidRequest; then nothing is changed."""

    def change(known: Contact | None) -> Contact:
        if known is None:
            raise NotFound("No such contact")
        return described(known, changes)

    changed = save(deps, account, number_of(contact or 0), change)
    learn_fields(deps.contacts, account, changed.fields.keys() & (changes.get("fields") or {}).keys())
    return changed


def find_contact(deps: Deps, account: str, contact: int | None) -> Contact:
    """Raises NotFound."""
    found = get_contact(deps.contacts, account, number_of(contact)) if contact is not None else None
    if found is None:
        raise NotFound("No such contact")
    return without_gone_lists(deps, account, [found])[0]


def remove_contact(deps: Deps, account: str, contact: int | None) -> None:
    """With every trace in lists. Its messages stay. Raises NotFound."""
    for _ in range(TRIES):
        found = get_contact(deps.contacts, account, number_of(contact)) if contact is not None else None
        if found is None:
            raise NotFound("No such contact")
        try:
            return delete_contact(deps.contacts, found)
        except (ContactChanged, WriteConflict):
            continue
    raise TryLater


def list_contacts(
    deps: Deps, account: str, wanted: ContactFilter, limit: int, after: int | None
) -> tuple[list[Contact], int | None]:
    """A page by number, and the id to go on behind; None at the end. A page may be short while there is more."""
    page: list[Contact] = []
    examined = 0
    for examined, contact in enumerate(candidates(deps, account, wanted, after), start=1):
        if wanted.matches(contact):
            page.append(contact)
        if len(page) == limit or examined == MOST_EXAMINED:
            return without_gone_lists(deps, account, page), contact_id(contact.number)
    return without_gone_lists(deps, account, page), None


def candidates(deps: Deps, account: str, wanted: ContactFilter, after: int | None) -> Iterator[Contact]:
    """Those to ask the filter about, by number, read page by page as they are asked for."""
    behind = number_of(after) if after is not None else None
    if wanted.list_id is None:
        return contacts_after(deps.contacts, account, behind)
    members = members_after(deps.contacts, account, wanted.list_id, behind)
    return get_contacts(deps.contacts, account, (number for number, _ in members))


def opted_out(deps: Deps, account: str, contacts: Iterable[Contact]) -> frozenset[str]:
    """The numbers of those who answered STOP: nothing is sent to them, whatever lists they are in."""
    return opted_out_among(deps.contacts, account, (contact.number for contact in contacts))


def without_gone_lists(deps: Deps, account: str, contacts: list[Contact]) -> list[Contact]:
    """A removed list is gone for everybody at once; what its members remember of it is only left out here."""
    if not any(contact.lists for contact in contacts):
        return contacts
    known = {found.id for found in list_lists(deps.contacts, account)}
    return [
        replace(contact, lists={list_id: state for list_id, state in contact.lists.items() if list_id in known})
        for contact in contacts
    ]


def save(deps: Deps, account: str, number: str, change: Callable[[Contact | None], Contact]) -> Contact:
    """Read, decide, write, again if somebody else was faster; nothing is written that changes nothing."""
    known = get_contact(deps.contacts, account, number)
    for _ in range(TRIES):
        after = change(known)
        if after == known:
            return after
        try:
            save_contact(deps.contacts, known, after)
        except ContactChanged as changed:
            known = changed.contact
        except WriteConflict:
            known = get_contact(deps.contacts, account, number)
        else:
            return after
    raise TryLater
