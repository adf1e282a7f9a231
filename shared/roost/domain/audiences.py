"""Which contacts are meant: by list, tags, fields and words; and who of them cannot get a campaign, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from roost.domain.contacts import Contact


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What is empty or None matches everything. `subscribed`: in the list `list_id`; `tags`: all of them; `any_tags`:
    at least one; `fields`: each has this value; `search`: part of number, name or e-mail, in any case."""

    list_id: int | None = None
    subscribed: bool | None = None
    tags: frozenset[str] = frozenset()
    any_tags: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    search: str | None = None

    def matches(self, contact: Contact) -> bool:
        if self.list_id is not None and self.subscribed not in (None, contact.lists.get(self.list_id)):
            return False
        if not self.tags <= contact.tags or (self.any_tags and not self.any_tags & contact.tags):
            return False
        if any(contact.fields.get(name) != value for name, value in self.fields.items()):
            return False
        return self.search is None or self._is_found(contact, self.search.casefold())

    def _is_found(self, contact: Contact, wanted: str) -> bool:
        texts = (contact.number, contact.shown_name, contact.email)
        return any(wanted in text.casefold() for text in texts if text)


class Excluded(StrEnum):
    """Why somebody in the audience gets nothing."""

    OPTED_OUT = "opted_out"
    MISSING_FIELD = "missing_field"
    TEXT_TOO_LONG = "text_too_long"
    COUNTRY_OFF = "country_off"
    NEVER_OPEN = "never_open"
