"""Which replies are classified, and what is believed of a classifier's answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from roost.domain.conversations import Intent
from roost.domain.messages import Direction, Kind, Message
from roost.domain.opt_outs import do_not_contact_after
from roost.domain.phone_numbers import as_e164

LONGEST_SUGGESTION = 320
LINK = re.compile(r"https?:|www\.|\w\.\w{2,}/", re.IGNORECASE)

CODE = re.compile(r"\b\d[\d -]{2,8}\d\b")
SAYS_CODE = re.compile(
    r"\b(?:code|codes|otp|pin|password|passcode|token|verification|c[oó]digo|clave|contraseña|verificaci[oó]n)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReplyLabel:
    """`suggested_response`: shown to a person, who may send it; nothing else is done with it."""

    intent: Intent
    suggested_response: str | None = None


def may_be_classified(message: Message) -> bool:
    """Words of a person. Opt-outs, what looks like a one-time code, and senders without a number go nowhere."""
    is_text = message.direction is Direction.IN and message.kind in (Kind.SMS, Kind.MMS) and bool(message.text.strip())
    if not is_text or as_e164(message.peer) is None or do_not_contact_after(message.text) is not None:
        return False
    return not looks_like_a_code(message.text)


def looks_like_a_code(text: str) -> bool:
    """Nothing but four to ten digits, or such digits and a word for a code."""
    return bool(CODE.fullmatch(text.strip())) or bool(CODE.search(text) and SAYS_CODE.search(text))


def checked_label(intent: str, suggested_response: str | None) -> ReplyLabel:
    """What a reply talked the classifier into stays a label and a plain short text: a link is never suggested.

    Raises ValueError for a label that there is not.
    """
    suggestion = " ".join((suggested_response or "").split())
    is_plain = 0 < len(suggestion) <= LONGEST_SUGGESTION and suggestion.isprintable() and not LINK.search(suggestion)
    return ReplyLabel(Intent(intent), suggestion if is_plain else None)
