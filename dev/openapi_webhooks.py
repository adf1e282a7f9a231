"""The `webhooks` of the OpenAPI document: each event with the schema of what is posted."""

from __future__ import annotations

from typing import Any

from roost.domain.event_data import DATA_OF
from roost.domain.webhooks import EventType

REFERENCE = "#/components/schemas/{model}"

PRODUCED = frozenset(event for event in EventType if event.startswith(("message.", "phone."))) | {
    EventType.WEBHOOK_TEST
}
"""Events that something in this version makes. The others can be subscribed to and will come with their features."""

HEADERS = {
    "webhook-id": "The event's id, the same at every repeat: what you have seen, ignore",
    "webhook-timestamp": "Unix seconds of this attempt",
    "webhook-signature": "v1,base64(HMAC-SHA256(secret, id.timestamp.body)); two of them for 24 h after a rotation",
    "x-roost-sequence": "The event's number at this webhook: counts up by one",
}


def webhooks() -> dict[str, Any]:
    """By event name, in the format `standard`."""
    return {event.value: {"post": _operation(event)} for event in EventType}


def webhook_schemas() -> dict[str, Any]:
    """By name, what the events' bodies refer to."""
    schemas: dict[str, Any] = {}
    for model in dict.fromkeys(DATA_OF.values()):
        schema = model.model_json_schema(by_alias=True, ref_template=REFERENCE)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    return schemas


def _operation(event: EventType) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in HEADERS.items()
    ]
    words = event.replace(".", " ").replace("_", " ")
    later = {} if event in PRODUCED else {"description": "Comes with its feature: nothing in this version sends it."}
    return {
        "tags": ["Webhooks"],
        "operationId": f"on_{event.replace('.', '_')}",
        "summary": words[:1].upper() + words[1:],
        **later,
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(event)}}},
        "responses": {
            "2XX": {"description": "Taken. Anything else is repeated, over three days; 410 disables the webhook."}
        },
    }


def _body(event: EventType) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "timestamp", "sequence", "data"],
        "properties": {
            "type": {"const": event.value},
            "timestamp": {"type": "string", "format": "date-time"},
            "sequence": {"type": "integer"},
            "data": {"$ref": REFERENCE.format(model=DATA_OF[event].__name__)},
        },
    }
