"""SMS8's create_webhook: messages that come in are posted to a URL as signed JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from roost.dialects.mcp.tool import Arguments, Hints, Tool, ToolCall
from roost.dialects.sms8.values import Flag
from roost.domain.api_keys import Scope
from roost.domain.webhooks import Endpoint, EventType, WebhookFormat
from roost.usecases.manage_webhooks import NewEndpoint, change_settings, create_endpoint, list_webhooks
from roost.web.receivers import receivers

TOLD = frozenset(
    {EventType.MESSAGE_RECEIVED, EventType.MESSAGE_SENT, EventType.MESSAGE_DELIVERED, EventType.MESSAGE_FAILED}
)

SAMPLE: dict[str, Any] = {
    "event": "message.received",
    "data": {
        "id": 1234,
        "from": "+15550142",
        "message": "Hello",
        "device_id": 1,
        "received_at": "2026-05-23T14:30:00Z",
    },
}

NEXT_STEPS = [
    "Answer each POST with 2xx within 10 s; it is repeated otherwise.",
    "Verify X-SMS8-Signature: hex(HMAC-SHA256(raw body, webhook secret)).",
    "A person gets the secret from POST /v1/webhooks/{webhook_id}/rotate; no tool shows one.",
]


class CreateWebhook(Arguments):
    url: str = Field(max_length=2_000, description="https, a public host, no user name or password in it")
    enabled: Flag = Field(default=True, description="false switches the webhook of this URL off")


class CreatedWebhook(BaseModel):
    """`webhook`: the URL. `webhook_id`: null if there was none to switch off."""

    success: bool
    webhook: str
    webhook_id: str | None
    enabled: bool
    sample_payload: dict[str, Any]
    next_steps: list[str]


def create_webhook(call: ToolCall[CreateWebhook]) -> CreatedWebhook:
    """One endpoint a URL, however often this is called. Other webhooks of the account stay as they are."""
    wanted = call.arguments
    endpoint = _switched(call) if wanted.enabled or _of_url(call) else None
    return CreatedWebhook(
        success=True,
        webhook=wanted.url,
        webhook_id=endpoint.id if endpoint else None,
        enabled=wanted.enabled,
        sample_payload=SAMPLE,
        next_steps=NEXT_STEPS if wanted.enabled else ["Nothing is posted to this URL any more."],
    )


def _switched(call: ToolCall[CreateWebhook]) -> Endpoint:
    """The URL is checked anew each time: what its name resolves to may have changed."""
    wanted, caller, http = call.arguments, call.caller, receivers()
    known = _of_url(call)
    if known is None:
        new = NewEndpoint(wanted.url, TOLD, WebhookFormat.SMS8_JSON)
        return create_endpoint(caller.deps, http, caller.account, new)
    changes: dict[str, Any] = {"enabled": wanted.enabled}
    if wanted.enabled:
        http.check(wanted.url)
    return change_settings(caller.deps, http, caller.account, known.id, changes)


def _of_url(call: ToolCall[CreateWebhook]) -> Endpoint | None:
    for endpoint in list_webhooks(call.caller.deps, call.caller.account):
        if (endpoint.format, endpoint.url) == (WebhookFormat.SMS8_JSON, call.arguments.url):
            return endpoint
    return None


TOOLS = (
    Tool(
        name="create_webhook",
        title="Post incoming messages to a URL",
        description="From now on post every message that comes in, and what became of those sent, to this URL. Whoever "
        "runs the URL can read them.",
        scopes=frozenset({Scope.WEBHOOKS_MANAGE}),
        arguments=CreateWebhook,
        result=CreatedWebhook,
        hints=Hints(destructive=True, idempotent=True, open_world=True),
        run=create_webhook,
    ),
)
