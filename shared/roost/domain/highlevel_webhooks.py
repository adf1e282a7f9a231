"""What HighLevel posts to us: a message to send, or that something changed over there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from roost.domain.instants import MINUTE, from_datetime

TOLERANCE = 5 * MINUTE
"""How old a webhook may be (HighLevel's guide to webhook authentication), and how far ahead its clock may be."""

CONTACT_EVENTS = frozenset({"ContactTagUpdate", "ContactDndUpdate", "ContactCreate", "ContactUpdate"})
INSTALL, UNINSTALL = "INSTALL", "UNINSTALL"
NOT_OURS = frozenset({"InboundMessage", "OutboundMessage", "ContactDelete"})
"""Taken and left alone: messages go by the delivery URL, and an opt-out outlives its contact."""

Id = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_-]+$")


class Delivery(BaseModel):
    """A message that somebody sent in HighLevel's inbox. Members nobody knows are no reason to lose it."""

    model_config = ConfigDict(extra="ignore")

    locationId: str = Id  # noqa: N815 (HighLevel's names)
    messageId: str = Id  # noqa: N815
    contactId: str | None = None  # noqa: N815
    phone: str = Field(min_length=1, max_length=40)
    message: str = ""
    attachments: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Webhook:
    """`id`: once per webhook, for ever; `at`: when it was made, in ms; None where the payload has none."""

    type: str
    id: str | None
    at: int | None
    location: str | None
    company: str | None
    payload: Mapping[str, Any]


def webhook_of(payload: Mapping[str, Any]) -> Webhook:
    return Webhook(
        type=_text(payload, "type") or "",
        id=_text(payload, "webhookId"),
        at=instant_of(payload.get("timestamp")),
        location=_text(payload, "locationId"),
        company=_text(payload, "companyId"),
        payload=payload,
    )


def is_fresh(webhook: Webhook, now: int) -> bool:
    return webhook.at is not None and abs(now - webhook.at) <= TOLERANCE


def _text(payload: Mapping[str, Any], name: str) -> str | None:
    value = payload.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 100 else None


def instant_of(value: Any) -> int | None:
    """Text with a zone (or UTC), or ms since 1970."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
