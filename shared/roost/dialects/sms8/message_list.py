"""Many messages in one answer, which Lambda allows 6 MB."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from pydantic import BaseModel

from roost.dialects.sms8.message_view import Sms8Message, message_view
from roost.domain.messages import Message

MOST_BYTES = 6_000_000
"""Of the 6,291,556 that an answer may have, as the JSON text inside a JSON text that Lambda makes of it."""

EVERY_MEMBER = 740
DOCUMENTED_MEMBERS = 380
"""What a message takes without its text, at most."""

DOCUMENTED = (
    "ID", "number", "message", "deviceID", "simSlot", "status", "type", "sentDate", "deliveredDate", "groupID",
)  # fmt: skip
"""The members that SMS8's own document shows."""


class Messages(BaseModel):
    """`nextEndTimestamp`: there is more, which this `endTimestamp` gets; messages of that second come again. Where they
    are very many, messages have only the members that SMS8 documents."""

    messages: list[Sms8Message]
    nextEndTimestamp: int | None = None  # noqa: N815 - SMS8's way of spelling


def message_views(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """With every member, or with the documented ones where those would be too many; as many as there is room for."""
    links = sum(weight(link) for message in messages for link in message.attachments)
    if links + sum(EVERY_MEMBER + weight(message.text) for message in messages) <= MOST_BYTES:
        return [message_view(message) for message in messages]
    sizes = accumulate(DOCUMENTED_MEMBERS + weight(message.text) for message in messages)
    short = (message_view(message) for message, size in zip(messages, sizes, strict=True) if size <= MOST_BYTES)
    return [{name: view[name] for name in DOCUMENTED} for view in short]


def fits(texts: Iterable[str]) -> bool:
    """Whether an answer has room for messages with these texts."""
    return sum(DOCUMENTED_MEMBERS + weight(text) for text in texts) <= MOST_BYTES


@lru_cache(maxsize=16)
def weight(text: str) -> int:
    """Bytes of a text in an answer, quoted twice. The texts of a blast are one text."""
    return len(json.dumps(json.dumps(text, ensure_ascii=False), ensure_ascii=False).encode(errors="replace"))
