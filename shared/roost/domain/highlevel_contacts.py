"""Who wants no messages, here and there: one answer for both sides, without either echoing the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NO_MESSAGES = frozenset({"active", "permanent"})
"""HighLevel's word for DND being on. "active" is not "may be written to"."""


@dataclass(frozen=True, slots=True)
class ContactThere:
    """`id`: HighLevel's. `tagged`: has the tag that means "no messages"; `dnd`: do not disturb is on for SMS."""

    id: str
    tagged: bool
    dnd: bool


def contact_there(contact_id: str, tags: Any, dnd: Any, settings: Any, tag: str) -> ContactThere:
    """From the members of a contact, of which any may be absent or of a new shape."""
    names = {str(name).casefold() for name in tags} if isinstance(tags, list) else set()
    sms = settings.get("SMS") if isinstance(settings, Mapping) else None
    status = sms.get("status") if isinstance(sms, Mapping) else None
    return ContactThere(contact_id, tag.casefold() in names, dnd is True or status in NO_MESSAGES)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides are to hold. `local_changes`, `there_changes`: which of them does not yet."""

    do_not_contact: bool
    local_changes: bool
    there_changes: bool


def agree(agreed: bool, local: bool, there: ContactThere) -> Agreement:
    """A three-way merge. `agreed`: what both sides held when they were last compared (False before the first time).

    Whoever differs from that has changed since, and there are only two values: no two changes can contradict. A contact
    who answered STOP here is not lost to a stale copy of theirs, and neither side's change is taken for an echo.
    """
    changed = local != agreed or there.tagged != agreed or there.dnd != agreed
    wanted = not agreed if changed else agreed
    return Agreement(wanted, local != wanted, there.tagged != wanted or there.dnd != wanted)
