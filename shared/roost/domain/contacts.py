"""A contact is a number and what is known about it; a list is a name under which contacts are subscribed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from roost.domain.errors import InvalidRequest
from roost.domain.phone_numbers import is_e164

LONGEST = {"name": 200, "first_name": 100, "last_name": 100, "email": 254}
MOST_TAGS = 50
MOST_FIELDS = 50
LONGEST_LABEL = 60
LONGEST_FIELD = 500
MOST_LISTS = 90
"""A contact and its places in lists are written in one transaction, which holds 100 items."""


@dataclass(frozen=True, slots=True)
class Contact:
    """`fields`: whatever else the account keeps, by name. `lists`: numbers of lists; True while subscribed, False once
    unsubscribed, which is remembered so that nobody is put back by accident.
    """

    account: str
    number: str
    created_at: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[int, bool] = field(default_factory=dict)
    revision: int = 1

    @property
    def id(self) -> int:
        return contact_id(self.number)

    @property
    def shown_name(self) -> str | None:
        return self.name or " ".join(part for part in (self.first_name, self.last_name) if part) or None


@dataclass(frozen=True, slots=True)
class ContactList:
    """`id`: a small integer of its account, used once."""

    account: str
    id: int
    name: str
    created_at: int


def contact_id(number: str) -> int:
    """The digits of the number: at most 15, so a safe JSON number, and found again without an index."""
    return int(number.removeprefix("+"))


def number_of(contact: int) -> str:
    return f"+{contact}"


def described(contact: Contact, changes: Mapping[str, Any]) -> Contact:
    """The contact with what was said about it: `changes` has members of Contact, None clears one; `fields` are merged
    by name. Raises InvalidRequest.
    """
    merged = {**contact.fields, **(changes.get("fields") or {})}
    kept = {name: value for name, value in merged.items() if value is not None}
    plain = {name: value for name, value in changes.items() if name in LONGEST}
    tags = frozenset(changes["tags"] or ()) if "tags" in changes else contact.tags
    return _checked(replace(contact, **plain, tags=tags, fields=kept))


def subscribed(contact: Contact, list_id: int, *, again: bool = False) -> Contact:
    """In the list from now on. Who unsubscribed stays unsubscribed unless `again`. Raises InvalidRequest."""
    wanted = again or contact.lists.get(list_id, True)
    lists = {**contact.lists, list_id: wanted}
    if len(lists) > MOST_LISTS:
        raise InvalidRequest.of("list_id", f"is one too many: a contact can be in {MOST_LISTS} lists")
    return replace(contact, lists=lists)


def unsubscribed(contact: Contact, list_id: int) -> Contact:
    return replace(contact, lists={**contact.lists, list_id: False})


def checked_number(number: str, field_name: str) -> str:
    """Raises InvalidRequest naming the field."""
    if not is_e164(number):
        raise InvalidRequest.of(field_name, "must be a phone number in E.164 format, for example +14155551234")
    return number


def checked_list_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= LONGEST_LABEL:
        raise InvalidRequest.of("name", f"must have 1 to {LONGEST_LABEL} characters")
    return name.strip()


def _checked(contact: Contact) -> Contact:
    for name, longest in LONGEST.items():
        if len(getattr(contact, name) or "") > longest:
            raise InvalidRequest.of(name, f"must have at most {longest} characters")
    if contact.email and "@" not in contact.email:
        raise InvalidRequest.of("email", "is no e-mail address")
    if len(contact.tags) > MOST_TAGS or not all(1 <= len(tag) <= LONGEST_LABEL for tag in contact.tags):
        raise InvalidRequest.of("tags", f"must be at most {MOST_TAGS}, each of 1 to {LONGEST_LABEL} characters")
    if len(contact.fields) > MOST_FIELDS or not all(map(_fits, contact.fields.items())):
        most = f"at most {MOST_FIELDS}, with names of 1 to {LONGEST_LABEL} and values of at most {LONGEST_FIELD}"
        raise InvalidRequest.of("fields", f"must be {most} characters")
    return contact


def _fits(member: tuple[str, str]) -> bool:
    name, value = member
    return 1 <= len(name) <= LONGEST_LABEL and len(value) <= LONGEST_FIELD
