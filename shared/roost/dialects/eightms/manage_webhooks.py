"""/v1/webhooks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.webhook_view import (
    DeliveryPage,
    NewWebhookView,
    WebhookList,
    WebhookView,
    key_and_index,
    page_of,
    view_of,
    with_secret,
)
from roost.domain.api_keys import Scope
from roost.domain.instants import from_datetime
from roost.domain.webhooks import LONGEST_DESCRIPTION, EventType, WebhookFormat
from roost.usecases.manage_webhooks import (
    NewEndpoint,
    change_settings,
    create_endpoint,
    find_endpoint,
    list_deliveries,
    list_webhooks,
    remove_endpoint,
    replay_since,
    resend_delivery,
    rotate_secret,
    send_test,
)
from roost.web.caller import Caller, caller_with
from roost.web.moments import Moment
from roost.web.receivers import Receivers

router = eightms_router("Webhooks")

Owner = Annotated[Caller, Depends(caller_with(Scope.WEBHOOKS_MANAGE))]
Url = Annotated[str, Field(max_length=2_048, examples=["https://example.com/hooks/roost"])]
Events = Annotated[list[EventType], Field(min_length=1, max_length=40)]
Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]


class WebhookRequest(Strict):
    url: Url
    events: Events
    format: WebhookFormat = Field(
        default=WebhookFormat.STANDARD,
        description="`standard` is Standard Webhooks; the others are for known receivers",
    )
    description: Description = ""
    secret: str | None = Field(default=None, max_length=200, description="Bring your own; without it you get one")


class WebhookPatch(Strict):
    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    enabled: bool | None = None


class ReplayRequest(Strict):
    since: Moment = Field(description="With its zone, at most 30 days ago")


class EventView(BaseModel):
    """What is on its way; `GET …/deliveries` shows how it went."""

    event_id: str
    event: EventType


@router.post("/webhooks", status_code=201, responses=problems(), summary="Create a webhook")
async def create(request: WebhookRequest, caller: Owner, receivers: Receivers) -> NewWebhookView:
    """Copy `secret` now: it is shown once. The URL must be public and https; it is resolved and checked again at every
    delivery, and redirects are not followed."""
    wanted = NewEndpoint(request.url, frozenset(request.events), request.format, request.description, request.secret)
    return with_secret(create_endpoint(caller.deps, receivers, caller.account, wanted), caller.deps.now())


@router.get("/webhooks", responses=problems(), summary="List webhooks")
async def list_all(caller: Owner) -> WebhookList:
    endpoints = list_webhooks(caller.deps, caller.account)
    return WebhookList(data=[view_of(endpoint, caller.deps.now()) for endpoint in endpoints])


@router.get("/webhooks/{webhook_id}", responses=problems(404), summary="One webhook and how it is doing")
async def read_one(webhook_id: str, caller: Owner) -> WebhookView:
    return view_of(find_endpoint(caller.deps, caller.account, webhook_id), caller.deps.now())


@router.patch("/webhooks/{webhook_id}", responses=problems(404), summary="Change, disable or enable a webhook")
async def change(webhook_id: str, request: WebhookPatch, caller: Owner, receivers: Receivers) -> WebhookView:
    """Enabling delivers at once what is still owed. What happened while it was off by your own wish: replay it."""
    wanted: dict[str, Any] = request.model_dump(exclude_none=True)
    changed = change_settings(caller.deps, receivers, caller.account, webhook_id, wanted)
    return view_of(changed, caller.deps.now())


@router.delete("/webhooks/{webhook_id}", status_code=204, responses=problems(404), summary="Delete a webhook")
async def remove(webhook_id: str, caller: Owner) -> None:
    remove_endpoint(caller.deps, caller.account, webhook_id)


@router.post("/webhooks/{webhook_id}/rotate", responses=problems(404), summary="Get a new secret")
async def rotate(webhook_id: str, caller: Owner) -> NewWebhookView:
    """For 24 hours both secrets sign, so that no delivery is refused while you change it. `sms8-classic` has room for
    one signature: there the new secret signs alone, at once."""
    return with_secret(rotate_secret(caller.deps, caller.account, webhook_id), caller.deps.now())


@router.post("/webhooks/{webhook_id}/test", status_code=202, responses=problems(404, 409), summary="Send a test event")
async def test(webhook_id: str, caller: Owner) -> EventView:
    event = send_test(caller.deps, caller.account, webhook_id)
    return EventView(event_id=event.id, event=event.type)


@router.post(
    "/webhooks/{webhook_id}/replay", status_code=202, responses=problems(404, 409), summary="Tell anew what happened"
)
async def replay(webhook_id: str, request: ReplayRequest, caller: Owner) -> WebhookView:
    """Every event of messages since then, oldest first, under its own id: a receiver that knows an id ignores it."""
    since = from_datetime(request.since)
    return view_of(replay_since(caller.deps, caller.account, webhook_id, since), caller.deps.now())


@router.get("/webhooks/{webhook_id}/deliveries", responses=problems(404), summary="List delivery attempts")
async def deliveries(
    webhook_id: str,
    caller: Owner,
    limit: Annotated[int, Query(ge=1, le=100, description="Batches of attempts; a batch has one or more")] = 50,
    cursor: str | None = None,
) -> DeliveryPage:
    """Newest first, kept for 30 days."""
    below = key_and_index(cursor)[0] if cursor is not None else None
    return page_of(*list_deliveries(caller.deps, caller.account, webhook_id, limit, below))


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    status_code=202,
    responses=problems(404, 409),
    summary="Send one event again",
)
async def resend(webhook_id: str, delivery_id: str, caller: Owner) -> EventView:
    """Under the same event id, after what the webhook is owed already."""
    event = resend_delivery(caller.deps, caller.account, webhook_id, *key_and_index(delivery_id))
    return EventView(event_id=event.id, event=event.type)
