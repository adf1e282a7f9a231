"""What people write into the fields of a form."""

from __future__ import annotations

import re

from roost.domain.errors import InvalidRequest

CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_DIGITS = 6


def clock_time(name: str, text: str | None) -> str | None:
    """`21:00`; None stays None. Raises InvalidRequest naming the field."""
    if text is not None and not CLOCK_TIME.fullmatch(text):
        raise InvalidRequest.of(name, "must be a time like 21:00")
    return text


def whole_number(name: str, text: str) -> int:
    """Raises InvalidRequest naming the field."""
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise InvalidRequest.of(name, "must be a whole number")
    return int(text)
