"""A webhook endpoint and its deliveries as `/v1` shows them."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from roost.domain.errors import NotFound
from roost.domain.instants import rfc3339
from roost.domain.webhooks import DisabledReason, Endpoint, EventType, WebhookFormat
from roost.storage.deliveries import LogEntry

DELIVERY = re.compile(r"dlv_(?P<at>\d{13})_(?P<nonce>[0-9a-f]{12})_(?P<index>\d{1,2})")

NOTICES = {
    DisabledReason.FAILING: "Disabled at {at}: every delivery failed for five days. What it is owed is kept for 30 "
    "days; enable it when it works again (PATCH enabled: true), and it is delivered in order.",
    DisabledReason.GONE: "Disabled at {at}: it answered 410 Gone. If that was a mistake, enable it (PATCH enabled: "
    "true).",
    DisabledReason.OWNER: "Disabled at {at} by its owner. Events meanwhile can be replayed (POST …/replay).",
}


class WebhookView(BaseModel):
    """`status`: `ok`, `failing` (it is tried again at `retry_at`) or `disabled` (`notice` says why). The secret is not
    shown: it was when it was made. `previous_secret_until`: until then the one before signs, too."""

    id: str = Field(examples=["whk_5f3c2a9be1d07c44"])
    url: str
    events: list[EventType]
    format: WebhookFormat
    description: str
    enabled: bool
    status: str
    notice: str | None
    created_at: str
    failing_since: str | None
    retry_at: str | None
    previous_secret_until: str | None


class NewWebhookView(WebhookView):
    """`secret` is shown here and never again."""

    secret: str


class WebhookList(BaseModel):
    data: list[WebhookView]


class DeliveryView(BaseModel):
    """One attempt. `status_code` null: there was no answer, and `error` says why. `answer`: its first kilobyte.
    `given_up`: this event is not tried again by itself."""

    id: str = Field(examples=["dlv_1795165443120_0badcafe0000_0"])
    event_id: str
    event: EventType
    sequence: int
    at: str
    delivered: bool
    status_code: int | None
    error: str | None
    milliseconds: int
    answer: str
    given_up: bool


class DeliveryPage(BaseModel):
    """`next_cursor`: give it back as `cursor` for older attempts; null at the end."""

    data: list[DeliveryView]
    next_cursor: str | None


def view_of(endpoint: Endpoint, now: int) -> WebhookView:
    status = "disabled" if not endpoint.enabled else "failing" if endpoint.failing_since is not None else "ok"
    former = endpoint.former_until if len(endpoint.secrets(now)) > 1 else None
    return WebhookView(
        id=endpoint.id,
        url=endpoint.url,
        events=sorted(endpoint.events),
        format=endpoint.format,
        description=endpoint.description,
        enabled=endpoint.enabled,
        status=status,
        notice=_notice(endpoint),
        created_at=rfc3339(endpoint.created_at),
        failing_since=_instant(endpoint.failing_since),
        retry_at=_instant(endpoint.retry_at),
        previous_secret_until=_instant(former),
    )


def with_secret(endpoint: Endpoint, now: int) -> NewWebhookView:
    return NewWebhookView(**view_of(endpoint, now).model_dump(), secret=endpoint.secret)


def delivery_view(entry: LogEntry) -> DeliveryView:
    attempt, outcome = entry.attempt, entry.attempt.outcome
    return DeliveryView(
        id=f"{_spelled(entry.key)}_{entry.index}",
        event_id=attempt.event_id,
        event=EventType(attempt.event_type),
        sequence=attempt.sequence,
        at=rfc3339(attempt.at),
        delivered=outcome.delivered,
        status_code=outcome.status,
        error=outcome.error,
        milliseconds=outcome.milliseconds,
        answer=outcome.answer,
        given_up=attempt.given_up,
    )


def page_of(entries: list[LogEntry], after: str) -> DeliveryPage:
    cursor = f"{_spelled(after)}_0" if after else None
    return DeliveryPage(data=[delivery_view(entry) for entry in entries], next_cursor=cursor)


def key_and_index(delivery: str) -> tuple[str, int]:
    """Where the attempt of this id is kept. Raises NotFound for what can be no id."""
    match = DELIVERY.fullmatch(delivery)
    if match is None:
        raise NotFound("No such delivery")
    return f"attempt#{match['at']}#{match['nonce']}", int(match["index"])


def _spelled(key: str) -> str:
    return key.replace("attempt#", "dlv_", 1).replace("#", "_")


def _notice(endpoint: Endpoint) -> str | None:
    if endpoint.enabled or endpoint.disabled_reason is None or endpoint.disabled_at is None:
        return None
    return NOTICES[endpoint.disabled_reason].format(at=rfc3339(endpoint.disabled_at))


def _instant(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None
