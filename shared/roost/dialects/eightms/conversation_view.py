"""Conversations as `/v1` shows them."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from roost.domain import ids
from roost.domain.conversations import ConversationStatus, Intent, Preview, parse, spell
from roost.domain.errors import InvalidRequest
from roost.domain.instants import rfc3339
from roost.domain.messages import Direction
from roost.usecases.read_conversations import KnownConversation

CURSOR = re.compile(r"(?P<at>\d{13})\.(?P<id>.+)")


class PartyView(BaseModel):
    """The other side. `id`: of its contact, null if it is none; `phone`: its number, or the name it writes under.
    `do_not_contact`: it answered STOP, and every send to it is refused until it answers START."""

    id: str | None = Field(examples=["con_14155551234"])
    phone: str = Field(examples=["+14155551234"])
    name: str | None
    first_name: str | None
    last_name: str | None
    do_not_contact: bool


class LastMessageView(BaseModel):
    """`body`: its first 160 characters."""

    id: str = Field(examples=["msg_374928374928"])
    direction: Direction
    body: str
    created_at: str


class ConversationView(BaseModel):
    """`phone_id`, `sim_slot`: which phone and SIM the other side last wrote to; replies leave by them.
    `updated_at`: when it last wrote, or was last answered from here. `intent` and `suggested_response` are about its
    last message, if replies are classified."""

    id: str = Field(examples=["cnv_14155551234"])
    contact: PartyView
    phone_id: str | None
    sim_slot: int | None
    status: ConversationStatus
    unread_count: int
    assigned_to: str | None
    last_message: LastMessageView | None
    intent: Intent | None
    suggested_response: str | None
    updated_at: str


def place_behind(cursor: str | None) -> str | None:
    """Where a list of conversations goes on. Raises InvalidRequest."""
    if cursor is None:
        return None
    match = CURSOR.fullmatch(cursor)
    peer = parse(match["id"]) if match else None
    if match is None or peer is None:
        raise InvalidRequest.of("cursor", "is no cursor of ours: give back next_cursor as it was")
    return f"{match['at']}#{peer}"


def cursor_of(place: str | None) -> str | None:
    if place is None:
        return None
    at, _, peer = place.partition("#")
    return f"{at}.{spell(peer)}"


def conversation_view(known: KnownConversation) -> ConversationView:
    return ConversationView(**_members(known))


def _members(known: KnownConversation) -> dict[str, object]:
    conversation = known.conversation
    return {
        "id": conversation.id,
        "contact": _party(known),
        "phone_id": ids.spell("phn", conversation.phone) if conversation.phone is not None else None,
        "sim_slot": conversation.sim_slot,
        "status": conversation.status,
        "unread_count": conversation.unread_count,
        "assigned_to": conversation.assigned_to,
        "last_message": _last(conversation.last) if conversation.last else None,
        "intent": conversation.intent,
        "suggested_response": conversation.suggested_response,
        "updated_at": rfc3339(conversation.updated_at),
    }


def _party(known: KnownConversation) -> PartyView:
    contact = known.contact
    return PartyView(
        id=ids.spell("con", contact.id) if contact else None,
        phone=known.conversation.peer,
        name=contact.shown_name if contact else None,
        first_name=contact.first_name if contact else None,
        last_name=contact.last_name if contact else None,
        do_not_contact=known.do_not_contact,
    )


def _last(preview: Preview) -> LastMessageView:
    return LastMessageView(
        id=ids.spell("msg", preview.message_id),
        direction=preview.direction,
        body=preview.text,
        created_at=rfc3339(ids.created_at(preview.message_id)),
    )
