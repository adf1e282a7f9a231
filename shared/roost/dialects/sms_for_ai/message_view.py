"""An SMS as SMS for AI shows it."""

from __future__ import annotations

from pydantic import BaseModel

from roost.dialects.sms_for_ai.statuses import WORD, SmsStatus
from roost.dialects.sms_for_ai.wire_money import usd
from roost.domain import ids
from roost.domain.instants import rfc3339
from roost.domain.messages import Message, MessageStatus


class SmsView(BaseModel):
    """`nvia_message_id`: the same message in `/v1/messages`. Times are null until they are reached."""

    id: int
    status: SmsStatus
    to: str
    body: str
    sender_id: str | None
    price_usd: float
    nvia_message_id: str
    segments: int
    created_at: str
    sent_at: str | None
    delivered_at: str | None
    converted_at: str | None


def sms_view(message: Message) -> SmsView:
    return SmsView(
        id=message.id,
        status=WORD[message.status],
        to=message.peer,
        body=message.text,
        sender_id=message.sender_id,
        price_usd=usd(message.price),
        nvia_message_id=ids.spell("msg", message.id),
        segments=message.segments,
        created_at=rfc3339(message.created_at),
        sent_at=_instant(message.moves.get(MessageStatus.SENT)),
        delivered_at=_instant(message.moves.get(MessageStatus.DELIVERED)),
        converted_at=_instant(message.converted_at),
    )


def _instant(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None
