"""The contact of a number over there, found or made once and then remembered."""

from __future__ import annotations

from dataclasses import replace

from roost.outbound.highlevel_http import Answer
from roost.storage.highlevel_links import KnownContact, known_contact, put_contact
from roost.usecases.highlevel_line import Line, NotTaken


def contact_of(line: Line, number: str) -> KnownContact:
    """With its `contact`. Raises NotTaken.

    Another contact than before has agreed to nothing yet: that it lacks the old one's tag is no wish to be written to.
    """
    known = known_contact(line.deps.highlevel, line.location, number)
    if known.contact is not None and not known.in_doubt:
        return known
    api, location = line.integration.api, line.location.id
    answer = line.need("find the contact", lambda token: api.upsert_contact(token, location, number))
    contact = answer.body.get("contact")
    if not isinstance(contact, dict) or not isinstance(contact.get("id"), str):
        raise NotTaken("find the contact", Answer(422, {"message": "The answer names no contact"}))
    is_same = contact["id"] == known.contact
    found = replace(known, contact=contact["id"], conversation=None, in_doubt=False)
    return remember(line, found if is_same else replace(found, agreed=False))


def doubt(line: Line, known: KnownContact) -> None:
    """It, or its conversation, may have been deleted over there: the next try looks for both anew."""
    remember(line, replace(known, conversation=None, in_doubt=True))


def remember(line: Line, known: KnownContact) -> KnownContact:
    put_contact(line.deps.highlevel, line.location, known)
    return known
