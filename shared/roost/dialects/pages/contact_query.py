"""Which contacts a page, its export or a campaign is about, and what people write about one into a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from roost.dialects.eightms.contact_view import parsed_list
from roost.domain.audiences import ContactFilter
from roost.domain.contacts import Contact
from roost.domain.errors import InvalidRequest

FIELDS = ("search", "tag", "list_id")
OWN = ("name", "first_name", "last_name", "email")
SEPARATOR = re.compile(r"[,;]")


def filter_of(asked: Mapping[str, str]) -> ContactFilter:
    """Who left the list is listed too. Raises NotFound for a list that is none."""
    return ContactFilter(
        list_id=parsed_list(asked["list_id"]) if asked.get("list_id") else None,
        tags=tags_of(asked.get("tag", "")),
        search=asked.get("search", "").strip() or None,
    )


def query_of(asked: Mapping[str, str]) -> str:
    return urlencode({name: asked[name] for name in FIELDS if asked.get(name)})


def tags_of(text: str) -> frozenset[str]:
    """`vip, spring`."""
    return frozenset(tag.strip() for tag in SEPARATOR.split(text) if tag.strip())


def fields_of(text: str, field: str = "fields") -> dict[str, str]:
    """A line for each: `city: Vigo`. Raises InvalidRequest."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise InvalidRequest.of(field, f"has the line {line[:60]!r}: write a name, a colon and a value")
        found[name.strip()] = value.strip()
    return found


def lines_of(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in sorted(fields.items()))


def changes_of(posted: Mapping[str, str], known: Contact | None = None) -> dict[str, Any]:
    """What is left empty is cleared, and so is a field whose line is gone. Raises InvalidRequest."""
    fields: dict[str, str | None] = dict.fromkeys(known.fields if known else ())
    return {
        **{name: posted.get(name) for name in OWN},
        "tags": tags_of(posted.get("tags", "")),
        "fields": {**fields, **fields_of(posted.get("fields", ""))},
    }
