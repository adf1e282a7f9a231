"""A campaign's draft as a form: what is filled in as members of Campaign, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roost.dialects.eightms.contact_view import parsed_list
from roost.dialects.pages.contact_query import fields_of, lines_of, tags_of
from roost.dialects.pages.form_values import clock_time
from roost.domain import ids
from roost.domain.audiences import ContactFilter
from roost.domain.campaigns import Campaign
from roost.domain.errors import InvalidRequest
from roost.domain.open_hours import EVERY_DAY, Window

EMPTY = {"by_day": "1"} | {f"day:{day}": "1" for day in EVERY_DAY}
"""Of a new draft: by day where the recipients are, every day."""


def members_of(posted: Mapping[str, str]) -> dict[str, Any]:
    """Raises InvalidRequest, and NotFound for a list that is none."""
    return {
        "name": posted.get("name", ""),
        "template": posted.get("template", ""),
        "audience": _audience_of(posted),
        "window": _window_of(posted),
        "by_day": "by_day" in posted,
    }


def form_of(campaign: Campaign) -> dict[str, str]:
    audience, window = campaign.audience, campaign.window
    filled_in = {
        "name": campaign.name,
        "template": campaign.template,
        "list_id": ids.spell("lst", audience.list_id) if audience.list_id is not None else "",
        "tags": ", ".join(sorted(audience.tags)),
        "any_tags": ", ".join(sorted(audience.any_tags)),
        "fields": lines_of(audience.fields),
        "search": audience.search or "",
        **({"by_day": "1"} if campaign.by_day else {}),
    }
    if window is not None:
        filled_in |= {"start": window.start, "end": window.end, "timezone": window.timezone or ""}
    return filled_in | {f"day:{day}": "1" for day in (window.days if window else EVERY_DAY)}


def _audience_of(posted: Mapping[str, str]) -> ContactFilter:
    list_id = parsed_list(posted["list_id"]) if "list_id" in posted else None
    return ContactFilter(
        list_id=list_id,
        subscribed=True if list_id is not None else None,
        tags=tags_of(posted.get("tags", "")),
        any_tags=tags_of(posted.get("any_tags", "")),
        fields=fields_of(posted.get("fields", "")),
        search=posted.get("search"),
    )


def _window_of(posted: Mapping[str, str]) -> Window | None:
    """None: at any time, if neither its beginning nor its end is filled in."""
    start, end = clock_time("start", posted.get("start")), clock_time("end", posted.get("end"))
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise InvalidRequest.of("end" if end is None else "start", "is missing: hours have a beginning and an end")
    return Window(start, end, posted.get("timezone"), tuple(day for day in EVERY_DAY if f"day:{day}" in posted))
