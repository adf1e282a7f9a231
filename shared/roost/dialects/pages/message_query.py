"""What the messages page and its export are asked for: the fields of the filter, as a filter and as a query string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from roost.domain import ids
from roost.domain.instants import DAY, from_datetime
from roost.domain.messages import SHOWN_AS, Direction, MessageStatus
from roost.usecases.read_messages import MessageFilter

STATUSES = tuple(status.value for status in MessageStatus if status not in SHOWN_AS)
FIELDS = ("status", "direction", "phone_id", "peer", "since", "until")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def filter_of(asked: Mapping[str, str]) -> MessageFilter:
    """What makes no sense filters nothing. Both days are meant whole, UTC."""
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    return MessageFilter(
        status=MessageStatus(asked["status"]) if asked.get("status") in STATUSES else None,
        direction=Direction(asked["direction"]) if asked.get("direction") in set(Direction) else None,
        phone=ids.parse("phn", asked.get("phone_id", "")),
        peer=asked.get("peer") or None,
        since=since,
        until=until + DAY - 1 if until is not None else None,
    )


def query_of(asked: Mapping[str, str]) -> str:
    return urlencode({name: asked[name] for name in FIELDS if asked.get(name)})


def _day(text: str) -> int | None:
    if not DATE.fullmatch(text):
        return None
    try:
        return from_datetime(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        return None
