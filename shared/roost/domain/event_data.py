"""What each kind of webhook event tells: the schemas that the API reference publishes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from roost.domain.webhooks import EventType as E

MESSAGE_ID = Field(examples=["msg_374928374928"])
PHONE_ID = Field(examples=["phn_1"])
INSTANT = Field(examples=["2026-11-20T09:04:04.100Z"])


class EventData(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="forbid")


class MessageData(EventData):
    """A message as it stood at this event. `at`: when it happened (on the phone, if it happened there). `error`: why it
    ended badly. `to` for one that was sent, `from` for one that came in; the other is null."""

    message_id: str = MESSAGE_ID
    direction: Literal["out", "in"]
    to: str | None
    from_: str | None = Field(alias="from")
    body: str
    status: str
    phone_id: str | None
    sim_slot: int | None
    segments: int
    attempt: int
    created_at: str = INSTANT
    at: str = INSTANT
    error: dict[str, Any] | None


class PhoneData(EventData):
    """`last_seen_at`: its last call. A phone is connected while that is less than an hour ago."""

    phone_id: str = PHONE_ID
    name: str
    at: str = INSTANT
    last_seen_at: str = INSTANT


class PhoneCapData(PhoneData):
    """`next_free_at`: when it may send again."""

    daily_cap: int
    next_free_at: str = INSTANT


class ContactData(EventData):
    """`keyword`: the word that was texted, null when it was set by hand."""

    contact_id: str
    phone: str
    keyword: str | None
    at: str = INSTANT


class ConversationData(EventData):
    """`intent` and `suggested_response` come from the classifier, if it is on."""

    conversation_id: str
    message_id: str = MESSAGE_ID
    intent: Literal["positive", "negative", "question", "appointment", "none"]
    suggested_response: str | None
    at: str = INSTANT


class CampaignData(EventData):
    """`recipients`: how many it is for; the other counts are null until it is completed."""

    campaign_id: str
    name: str
    recipients: int
    sent: int | None
    failed: int | None
    at: str = INSTANT


class UssdData(EventData):
    request_id: str
    phone_id: str = PHONE_ID
    sim_slot: int | None
    request: str
    response: str
    at: str = INSTANT


class CallData(EventData):
    phone_id: str = PHONE_ID
    sim_slot: int | None
    from_: str = Field(alias="from")
    at: str = INSTANT


class WebhookTestData(EventData):
    """Sent by `POST /v1/webhooks/{id}/test`."""

    webhook_id: str
    at: str = INSTANT


DATA_OF: Mapping[E, type[EventData]] = MappingProxyType(
    {event: MessageData for event in E if event.startswith("message.")}
    | {
        E.CONTACT_OPTED_OUT: ContactData,
        E.CONTACT_OPTED_IN: ContactData,
        E.CONVERSATION_CLASSIFIED: ConversationData,
        E.PHONE_CONNECTED: PhoneData,
        E.PHONE_DISCONNECTED: PhoneData,
        E.PHONE_CAP_REACHED: PhoneCapData,
        E.CAMPAIGN_STARTED: CampaignData,
        E.CAMPAIGN_COMPLETED: CampaignData,
        E.USSD_ANSWERED: UssdData,
        E.CALL_MISSED: CallData,
        E.WEBHOOK_TEST: WebhookTestData,
    }
)
