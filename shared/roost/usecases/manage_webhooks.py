"""Create, change, rotate, test, replay and delete webhook endpoints. Only writes: the stream does what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roost.domain.errors import EndpointDisabled, InvalidRequest, NotFound, TryLater
from roost.domain.instants import minute_of
from roost.domain.outages import NO_OUTAGE
from roost.domain.retention import KEEP_OWED
from roost.domain.webhook_events import endpoint_test_event, event_again, message_of_event
from roost.domain.webhooks import (
    FORMER_SECRET_FOR,
    MOST_ENDPOINTS,
    SECRET_BYTES,
    DisabledReason,
    Endpoint,
    Event,
    EventType,
    Lane,
    WebhookFormat,
    checked_events,
    checked_secret,
    new_webhook_secret,
)
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.deliveries import LogEntry, find_attempt, list_attempts
from roost.storage.event_outbox import put_drain, put_event
from roost.storage.messages import get_message
from roost.storage.webhooks import change_endpoint, delete_endpoint, get_endpoint, list_endpoints, put_new_endpoint
from roost.usecases.watch_phones import wants_phone_events

if TYPE_CHECKING:
    from roost.outbound.webhook_http import WebhookHttp


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """`secret`: one brought along, or None for a fresh one."""

    url: str
    events: frozenset[EventType]
    format: WebhookFormat = WebhookFormat.STANDARD
    description: str = ""
    secret: str | None = None


def create_endpoint(deps: Deps, http: WebhookHttp, account: str, wanted: NewEndpoint) -> Endpoint:
    """Raises InvalidRequest. Nothing is written for a URL that may not be called."""
    events = checked_events(wanted.events, wanted.format)
    secret = (
        checked_secret(wanted.secret, wanted.format)
        if wanted.secret
        else new_webhook_secret(deps.entropy(SECRET_BYTES))
    )
    if len(list_endpoints(deps.webhooks, account, consistent=True)) >= MOST_ENDPOINTS:
        raise InvalidRequest.of("url", f"is one too many: an account has at most {MOST_ENDPOINTS} webhooks")
    http.check(wanted.url)
    endpoint = Endpoint(
        account=account,
        id=f"whk_{deps.entropy(8).hex()}",
        url=wanted.url,
        events=events,
        format=wanted.format,
        secret=secret,
        description=wanted.description,
        created_at=deps.now(),
    )
    put_new_endpoint(deps.webhooks, endpoint)
    _start_watching(deps, endpoint)
    return endpoint


def list_webhooks(deps: Deps, account: str) -> list[Endpoint]:
    return list_endpoints(deps.webhooks, account)


def find_endpoint(deps: Deps, account: str, endpoint: str) -> Endpoint:
    """Raises NotFound."""
    found = get_endpoint(deps.webhooks, account, endpoint)
    if found is None:
        raise NotFound(f"No webhook {endpoint[:40]}")
    return found


def change_settings(deps: Deps, http: WebhookHttp, account: str, endpoint: str, wanted: Mapping[str, Any]) -> Endpoint:
    """`wanted`: url, events, description or enabled. Raises NotFound, InvalidRequest.

    Enabling again forgives what was, and what is still owed goes out at once.
    """
    found = find_endpoint(deps, account, endpoint)
    changes = dict(wanted)
    if "url" in changes:
        http.check(changes["url"])
        changes["lane"] = Lane.OWN
    if "events" in changes:
        changes["events"] = set(checked_events(frozenset(changes["events"]), found.format))
    if changes.get("enabled") is True and not found.enabled:
        changes |= {**NO_OUTAGE, "disabled_at": None, "disabled_reason": None}
    if changes.get("enabled") is False and found.enabled:
        changes |= {**NO_OUTAGE, "disabled_at": deps.now(), "disabled_reason": DisabledReason.OWNER}
    after = _changed(deps, found, changes) if changes else found
    if after.enabled and not found.enabled:
        put_drain(deps.messages, account, endpoint, deps.now())
    _start_watching(deps, after)
    return after


def remove_endpoint(deps: Deps, account: str, endpoint: str) -> None:
    delete_endpoint(deps.webhooks, find_endpoint(deps, account, endpoint))


def rotate_secret(deps: Deps, account: str, endpoint: str) -> Endpoint:
    """A fresh secret; the one before signs beside it for 24 hours. Raises NotFound."""
    found = find_endpoint(deps, account, endpoint)
    changes = {
        "secret": new_webhook_secret(deps.entropy(SECRET_BYTES)),
        "former_secret": found.secret,
        "former_until": deps.now() + FORMER_SECRET_FOR,
    }
    rotated = change_endpoint(deps.webhooks, found, changes, expect={"secret": found.secret})
    if rotated is None:
        raise TryLater  # two rotations at once: one of the two secrets would be shown and never sign
    return rotated


def send_test(deps: Deps, account: str, endpoint: str) -> Event:
    """Raises NotFound, EndpointDisabled."""
    found = _enabled(deps, account, endpoint)
    event = endpoint_test_event(account, found.id, deps.now(), deps.entropy(8).hex())
    put_event(deps.messages, event, found.id, deps.now())
    return event


def list_deliveries(
    deps: Deps, account: str, endpoint: str, limit: int, below: str | None
) -> tuple[list[LogEntry], str]:
    """Newest first, and where to go on. Raises NotFound."""
    return list_attempts(deps.webhooks, find_endpoint(deps, account, endpoint), limit, below)


def resend_delivery(deps: Deps, account: str, endpoint: str, key: str, index: int) -> Event:
    """The event of an attempt once more, under its own id. Raises NotFound, EndpointDisabled, InvalidRequest."""
    found = _enabled(deps, account, endpoint)
    attempt = find_attempt(deps.webhooks, found, key, index)
    if attempt is None:
        raise NotFound("No such delivery: deliveries are kept for 30 days")
    number = message_of_event(attempt.event_id)
    if number is None:
        raise InvalidRequest.of("delivery_id", f"is of {attempt.event_type}: only events of messages can be sent again")
    message = get_message(deps.messages, account, number)
    event = event_again(message, attempt.event_id) if message else None
    if event is None:
        raise NotFound("The message of this delivery is gone")
    put_event(deps.messages, event, found.id, deps.now())
    return event


def replay_since(deps: Deps, account: str, endpoint: str, since: int) -> Endpoint:
    """What happened to messages since then, once more. Raises NotFound, EndpointDisabled, InvalidRequest."""
    found, now = _enabled(deps, account, endpoint), deps.now()
    if not now - KEEP_OWED <= since <= now:
        raise InvalidRequest.of("since", "must lie within the last 30 days")
    replaying = _changed(deps, found, {"replay_from": since, "replay_after": None})
    put_check(deps.devices, minute_of(now), Check(account, webhook=endpoint))
    put_drain(deps.messages, account, endpoint, now)
    return replaying


def _enabled(deps: Deps, account: str, endpoint: str) -> Endpoint:
    found = find_endpoint(deps, account, endpoint)
    if not found.enabled:
        raise EndpointDisabled
    return found


def _changed(deps: Deps, endpoint: Endpoint, changes: Mapping[str, Any]) -> Endpoint:
    after = change_endpoint(deps.webhooks, endpoint, changes)
    if after is None:
        raise NotFound(f"No webhook {endpoint.id}")
    return after


def _start_watching(deps: Deps, endpoint: Endpoint) -> None:
    if wants_phone_events(endpoint):
        put_check(deps.devices, minute_of(deps.now()), Check(endpoint.account, watch=True))
