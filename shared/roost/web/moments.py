"""Times as callers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _in_the_calendar(moment: datetime) -> datetime:
    """Raises ValueError where UTC has no such time: hours before the year 1, hours after 9999."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies in UTC outside of the years 1 to 9999") from None
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_the_calendar)]
"""RFC 3339 with its zone; every one is an instant that can be written down again."""
