"""What the lists of `/v1` have in common: ids and times in a query."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from roost.domain import ids
from roost.domain.errors import InvalidRequest
from roost.domain.instants import from_datetime
from roost.web.moments import Moment

Limit = Annotated[int, Query(ge=1, le=100)]
SimSlot = Annotated[int | None, Query(ge=0, le=9, description="0 is the first SIM")]
Since = Annotated[Moment | None, Query(description="Not before this time, itself included, with its zone")]
Until = Annotated[Moment | None, Query(description="Not after this time, itself included, with its zone")]


def parsed_id(prefix: ids.Prefix, field: str, text: str | None) -> int | None:
    """Raises InvalidRequest naming the field."""
    if text is None:
        return None
    number = ids.parse(prefix, text)
    if number is None:
        raise InvalidRequest.of(field, f"is no id of ours, they look like {ids.spell(prefix, 12)}")
    return number


def instant_of(moment: Moment | None) -> int | None:
    return from_datetime(moment) if moment is not None else None
