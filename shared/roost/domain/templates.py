"""Texts with places for what is known about a contact: `Hi {{first_name|there}}`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from roost.domain.contacts import Contact
from roost.domain.errors import InvalidRequest

PLACE = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
"""A name, and behind a bar what stands there where nothing is known."""

BUILT_IN = ("name", "first_name", "last_name", "email", "phone")


@dataclass(frozen=True, slots=True)
class Place:
    """`fallback` None: a contact of which this is not known gets nothing at all."""

    name: str
    fallback: str | None


@dataclass(frozen=True, slots=True)
class MissingValue(Exception):
    """What a text needs is not known about this contact."""

    name: str


def parsed_template(template: str, known: Collection[str], field: str = "template") -> tuple[Place, ...]:
    """The places in a text. `known`: names of the account's own fields. Raises InvalidRequest naming what is known."""
    if not template.strip():
        raise InvalidRequest.of(field, "is empty: write what everybody should get")
    places = places_of(template)
    rest = PLACE.sub("", template)
    if "{{" in rest or "}}" in rest:
        raise InvalidRequest.of(field, "has a {{ or }} without its other half: a place looks like {{first_name|there}}")
    unknown = sorted({place.name for place in places} - {*BUILT_IN, *known})
    if unknown:
        names = ", ".join([*BUILT_IN, *sorted(known)])
        raise InvalidRequest.of(field, f"has the unknown field {unknown[0]!r}. Known are: {names}")
    return places


def places_of(template: str) -> tuple[Place, ...]:
    return tuple(Place(match[1].strip(), match[2]) for match in PLACE.finditer(template))


def rendered(template: str, contact: Contact) -> str:
    """What this contact gets. Raises MissingValue. A value is put in as it is, also one that looks like a place."""
    values = values_of(contact)

    def fill(match: re.Match[str]) -> str:
        value = values.get(match[1].strip()) or match[2]
        if value is None:
            raise MissingValue(match[1].strip())
        return value

    return PLACE.sub(fill, template)


def values_of(contact: Contact) -> Mapping[str, str | None]:
    """The account's own fields never hide the built-in ones."""
    return {
        **contact.fields,
        "name": contact.shown_name,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "email": contact.email,
        "phone": contact.number,
    }
