"""A webhook endpoint: where an account's events go, in which format, and how it has been doing."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from roost.domain.errors import InvalidRequest
from roost.domain.instants import HOUR

MOST_ENDPOINTS = 50
LONGEST_DESCRIPTION = 200
FORMER_SECRET_FOR = 24 * HOUR
SECRET_BYTES = 24


class EventType(StrEnum):
    MESSAGE_QUEUED = "message.queued"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_EXPIRED = "message.expired"
    MESSAGE_UNKNOWN = "message.unknown"
    MESSAGE_RECEIVED = "message.received"
    CONTACT_OPTED_OUT = "contact.opted_out"
    CONTACT_OPTED_IN = "contact.opted_in"
    CONVERSATION_CLASSIFIED = "conversation.classified"
    PHONE_CONNECTED = "phone.connected"
    PHONE_DISCONNECTED = "phone.disconnected"
    PHONE_CAP_REACHED = "phone.cap_reached"
    CAMPAIGN_STARTED = "campaign.started"
    CAMPAIGN_COMPLETED = "campaign.completed"
    USSD_ANSWERED = "ussd.answered"
    CALL_MISSED = "call.missed"
    WEBHOOK_TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """`id`: the same however often it is told. `at`: ms. `data`: as the event's schema has it."""

    id: str
    type: EventType
    account: str
    at: int
    data: Mapping[str, Any]


class WebhookFormat(StrEnum):
    STANDARD = "standard"
    SMS8_CLASSIC = "sms8-classic"
    SMS8_JSON = "sms8-json"
    EIGHTMS = "8ms"


class Lane(StrEnum):
    """`own`: in an invocation of its own, so that nobody waits for it; `direct`: from the stream's, for an endpoint
    that has shown that it answers fast."""

    OWN = "own"
    DIRECT = "direct"


class DisabledReason(StrEnum):
    OWNER = "owner"
    FAILING = "failing"
    GONE = "gone"


E = EventType
ANY_EVENT = frozenset(EventType)
TEST_ONLY = frozenset({E.WEBHOOK_TEST})

CARRIES: Mapping[WebhookFormat, frozenset[EventType]] = MappingProxyType(
    {
        WebhookFormat.STANDARD: ANY_EVENT,
        WebhookFormat.EIGHTMS: ANY_EVENT,
        WebhookFormat.SMS8_JSON: frozenset({E.MESSAGE_RECEIVED, E.MESSAGE_SENT, E.MESSAGE_DELIVERED, E.MESSAGE_FAILED}),
        WebhookFormat.SMS8_CLASSIC: frozenset({E.MESSAGE_RECEIVED, E.USSD_ANSWERED}),
    }
)
"""What each format can say; a test event goes in every format."""

PHONE_EVENTS = frozenset({E.PHONE_CONNECTED, E.PHONE_DISCONNECTED, E.PHONE_CAP_REACHED})

STANDARD_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}")
PLAIN_SECRET = re.compile(r"[!-~]{16,200}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`former_secret` signs beside `secret` until `former_until`. `sequence`: the number of its newest event.

    `outage_at`: when the outage began, which names the execution that retries at `retry_at`; `failing_since`: the
    first failure since its last success. `lease_until`: somebody works off what it is owed. `replay_from`: what
    happened since then is to be told anew; `replay_after`: the last message that was.
    """

    account: str
    id: str
    url: str
    events: frozenset[EventType]
    format: WebhookFormat
    secret: str
    description: str
    created_at: int
    enabled: bool = True
    former_secret: str | None = None
    former_until: int | None = None
    disabled_at: int | None = None
    disabled_reason: DisabledReason | None = None
    lane: Lane = Lane.OWN
    sequence: int = 0
    outage_at: int | None = None
    retry_at: int | None = None
    failing_since: int | None = None
    lease_until: int = 0
    replay_from: int | None = None
    replay_after: int | None = None

    def wants(self, event_type: EventType) -> bool:
        return self.enabled and event_type in self.events

    def secrets(self, now: int) -> tuple[str, ...]:
        """What signs now: the newest first."""
        if self.former_secret is not None and self.former_until is not None and now < self.former_until:
            return self.secret, self.former_secret
        return (self.secret,)

    @property
    def is_alive_in_outage(self) -> bool:
        """It took other events since this outage began: what waits is refused for itself."""
        return self.outage_at is not None and self.failing_since is None

    def goes_direct(self, now: int) -> bool:
        is_clear = self.failing_since is None and self.replay_from is None and self.lease_until <= now
        return self.lane is Lane.DIRECT and is_clear


def new_webhook_secret(entropy: bytes) -> str:
    """`whsec_` and base64 of 24 random bytes, the spelling of Standard Webhooks."""
    return f"whsec_{b64encode(entropy).decode()}"


def secret_key(secret: str) -> bytes:
    """The HMAC key of a Standard Webhooks secret."""
    return b64decode(secret.removeprefix("whsec_"))


def checked_secret(secret: str, webhook_format: WebhookFormat) -> str:
    """A secret brought along. Raises InvalidRequest."""
    if webhook_format is WebhookFormat.STANDARD:
        if not STANDARD_SECRET.fullmatch(secret) or len(secret.removeprefix("whsec_")) % 4:
            raise InvalidRequest.of("secret", "must be whsec_ and base64 of 24 to 64 bytes; leave it out to get one")
    elif not PLAIN_SECRET.fullmatch(secret):
        raise InvalidRequest.of("secret", "must have 16 to 200 printable ASCII characters without spaces")
    return secret


def checked_events(events: frozenset[EventType], webhook_format: WebhookFormat) -> frozenset[EventType]:
    """Raises InvalidRequest for events that the format cannot carry."""
    beyond = events - CARRIES[webhook_format] - TEST_ONLY
    if beyond:
        carried = ", ".join(sorted(CARRIES[webhook_format]))
        raise InvalidRequest.of("events", f"{webhook_format} cannot carry {', '.join(sorted(beyond))}; only {carried}")
    return events
