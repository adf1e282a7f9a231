"""Whether a message led to what it asked for: a link without a key that names one message and cannot be guessed."""

from __future__ import annotations

import hmac
import re
from typing import NamedTuple

from roost.domain.ids import ID_LIMIT
from roost.domain.messages import Message

TOKEN = re.compile(r"(?P<account>[0-9a-z]{1,32})-(?P<id>[0-9a-f]{1,14})-(?P<nonce>[0-9a-f]{12})")


class ConversionToken(NamedTuple):
    """`nonce`: 48 random bits that only the message has beside."""

    account: str
    message_id: int
    nonce: str

    def is_of(self, message: Message) -> bool:
        return hmac.compare_digest(self.nonce, message.nonce)


def conversion_token(message: Message) -> str:
    return f"{message.account}-{message.id:x}-{message.nonce}"


def read_token(text: str) -> ConversionToken | None:
    """None for what cannot be a token of ours, so that garbage costs no database read."""
    match = TOKEN.fullmatch(text)
    if match is None or int(match["id"], 16) >= ID_LIMIT:
        return None
    return ConversionToken(match["account"], int(match["id"], 16), match["nonce"])
