"""What a person types, as the use cases take it. argparse prints the text of an ArgumentTypeError."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime

from roost.domain.instants import from_datetime

MICRO = 1_000_000
AMOUNT = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,9})(?:\.(?P<fraction>\d{1,6}))?")


def dollars_in(text: str) -> int:
    """`12.345678` as micro-USD, exactly: no float on the way."""
    match = AMOUNT.fullmatch(text)
    if match is None:
        raise ArgumentTypeError(f"{text!r} is no amount in USD: write it like 12.5, with at most six decimals")
    micro = int(match["whole"]) * MICRO + int((match["fraction"] or "").ljust(6, "0"))
    return -micro if match["sign"] else micro


def instant_in(text: str) -> int:
    """A day or a time as ms since 1970; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time: write it like 2027-01-31 or 2027-01-31T09:00:00Z") from None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
