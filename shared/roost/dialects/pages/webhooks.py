"""/app/webhooks: where events go, how every attempt went, and what is told once more."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.eightms.webhook_view import key_and_index, page_of, view_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain.errors import EndpointDisabled, InvalidRequest
from roost.domain.instants import HOUR
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
from roost.web.receivers import Receivers
from roost.web.visitor import Posted, PostedForm, SignedIn, Visitor

router = pages_router()

SHOWN_ATTEMPTS = 50
LONGEST_URL = 2_048
REPLAYS_HOURS = (1, 24, 24 * 7, 24 * 30)
CHOICE = [event for event in EventType if event is not EventType.WEBHOOK_TEST]


@router.get("/app/webhooks", summary="Webhooks")
async def webhooks(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor)


@router.post("/app/webhooks", summary="Add a webhook")
async def add(request: Request, posted: PostedForm, receivers: Receivers) -> Response:
    """The page that answers is the only one that ever shows the secret."""
    visitor = posted.visitor
    try:
        endpoint = create_endpoint(visitor.deps, receivers, visitor.account, _wanted(posted))
    except InvalidRequest as problem:
        return _list(request, visitor, status=422, problem=problem.detail, filled_in=posted.fields)
    return _one(request, visitor, endpoint.id, status=201, secret=endpoint.secret)


@router.get("/app/webhooks/{webhook_id}", summary="One webhook and its attempts")
async def webhook(request: Request, webhook_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, webhook_id)


@router.post("/app/webhooks/{webhook_id}", summary="Switch a webhook on or off")
async def switch(webhook_id: str, posted: PostedForm, receivers: Receivers) -> Response:
    """Switched on, it gets at once what it is owed."""
    wanted = {"enabled": "enable" in posted.fields}
    change_settings(posted.visitor.deps, receivers, posted.visitor.account, webhook_id, wanted)
    return go_to(f"/app/webhooks/{webhook_id}")


@router.post("/app/webhooks/{webhook_id}/rotate", summary="A new secret")
async def rotate(request: Request, webhook_id: str, posted: PostedForm) -> Response:
    rotated = rotate_secret(posted.visitor.deps, posted.visitor.account, webhook_id)
    return _one(request, posted.visitor, webhook_id, secret=rotated.secret)


@router.post("/app/webhooks/{webhook_id}/test", summary="Send a test event")
async def test(request: Request, webhook_id: str, posted: PostedForm) -> Response:
    try:
        send_test(posted.visitor.deps, posted.visitor.account, webhook_id)
    except EndpointDisabled as refusal:
        return _one(request, posted.visitor, webhook_id, status=refusal.status, problem=refusal.detail)
    return go_to(f"/app/webhooks/{webhook_id}")


@router.post("/app/webhooks/{webhook_id}/replay", summary="Tell anew what happened")
async def replay(request: Request, webhook_id: str, posted: PostedForm) -> Response:
    visitor, hours = posted.visitor, posted.fields.get("hours", "")
    try:
        if hours not in map(str, REPLAYS_HOURS):
            raise InvalidRequest.of("hours", "must be one of those offered")
        replay_since(visitor.deps, visitor.account, webhook_id, visitor.deps.now() - int(hours) * HOUR)
    except (EndpointDisabled, InvalidRequest) as refusal:
        return _one(request, visitor, webhook_id, status=refusal.status, problem=refusal.detail)
    return go_to(f"/app/webhooks/{webhook_id}")


@router.post("/app/webhooks/{webhook_id}/remove", summary="Remove a webhook")
async def remove(webhook_id: str, posted: PostedForm) -> Response:
    remove_endpoint(posted.visitor.deps, posted.visitor.account, webhook_id)
    return go_to("/app/webhooks")


@router.post("/app/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", summary="Send one event again")
async def resend(request: Request, webhook_id: str, delivery_id: str, posted: PostedForm) -> Response:
    visitor = posted.visitor
    try:
        resend_delivery(visitor.deps, visitor.account, webhook_id, *key_and_index(delivery_id))
    except (EndpointDisabled, InvalidRequest) as refusal:
        return _one(request, visitor, webhook_id, status=refusal.status, problem=refusal.detail)
    return go_to(f"/app/webhooks/{webhook_id}")


def _wanted(posted: Posted) -> NewEndpoint:
    """Raises InvalidRequest."""
    fields = posted.fields
    events = frozenset(event for event in CHOICE if f"event:{event}" in fields)
    if not events:
        raise InvalidRequest.of("events", "choose at least one")
    url, name = fields.get("url", ""), fields.get("format", "")
    if len(url) > LONGEST_URL:
        raise InvalidRequest.of("url", f"must have at most {LONGEST_URL} characters")
    chosen = WebhookFormat(name) if name in set(WebhookFormat) else WebhookFormat.STANDARD
    return NewEndpoint(url, events, chosen, fields.get("description", "")[:LONGEST_DESCRIPTION])


def _list(request: Request, visitor: Visitor, *, status: int = 200, **shown: Any) -> Response:
    now = visitor.deps.now()
    values: dict[str, Any] = {
        "webhooks": [view_of(endpoint, now) for endpoint in list_webhooks(visitor.deps, visitor.account)],
        "events": CHOICE,
        "formats": list(WebhookFormat),
        "problem": None,
        "filled_in": {},
    }
    return page(request, "webhooks.html", visitor, status=status, **values | shown)


def _one(request: Request, visitor: Visitor, webhook_id: str, *, status: int = 200, **shown: Any) -> Response:
    endpoint = find_endpoint(visitor.deps, visitor.account, webhook_id)
    attempts = page_of(*list_deliveries(visitor.deps, visitor.account, webhook_id, SHOWN_ATTEMPTS, None))
    values: dict[str, Any] = {
        "webhook": view_of(endpoint, visitor.deps.now()),
        "attempts": attempts.data,
        "replays": REPLAYS_HOURS,
        "secret": None,
        "problem": None,
    }
    return page(request, "webhook.html", visitor, status=status, **values | shown)
