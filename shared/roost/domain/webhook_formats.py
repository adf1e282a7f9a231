"""An event as each format writes it: body, headers, signature. Pure.

`standard`: Standard Webhooks 1.0.0. `sms8-classic`, `sms8-json`: what receivers of SMS8 verify. `8ms`: HMAC of body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from roost.domain import ids
from roost.domain.instants import SECOND, as_datetime, rfc3339
from roost.domain.webhooks import Endpoint, Event, EventType, WebhookFormat, secret_key

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """What is posted. `headers` without Host and Content-Length, which belong to the connection."""

    headers: Mapping[str, str]
    body: bytes


def render(endpoint: Endpoint, event: Event, sequence: int, now: int) -> WebhookRequest:
    """`sequence`: the event's number at this endpoint. `now`: of the attempt, ms."""
    headers, body = WRITERS[endpoint.format](endpoint, event, sequence, now)
    common = {"x-roost-event-id": event.id, "x-roost-event": event.type, "x-roost-sequence": str(sequence)}
    return WebhookRequest({**common, **headers}, body)


def _standard(endpoint: Endpoint, event: Event, sequence: int, now: int) -> tuple[dict[str, str], bytes]:
    body = _json({"type": event.type, "timestamp": rfc3339(event.at), "sequence": sequence, "data": event.data})
    timestamp = str(now // SECOND)
    signed = f"{event.id}.{timestamp}.".encode() + body
    signatures = [f"v1,{_base64(_hmac(secret_key(secret), signed))}" for secret in endpoint.secrets(now)]
    headers = {
        "content-type": JSON_TYPE,
        "webhook-id": event.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }
    return headers, body


def _eightms(endpoint: Endpoint, event: Event, sequence: int, now: int) -> tuple[dict[str, str], bytes]:
    envelope = {"id": event.id, "event": event.type, "created_at": rfc3339(event.at), "sequence": sequence}
    body = _json({**envelope, "data": event.data})
    signatures = [f"sha256={_hmac(secret.encode(), body).hex()}" for secret in endpoint.secrets(now)]
    headers = {
        "content-type": JSON_TYPE,
        "x-8ms-event": event.type,
        "x-8ms-delivery": event.id,
        "x-8ms-signature": ",".join(signatures),
    }
    return headers, body


def _sms8_json(endpoint: Endpoint, event: Event, _: int, now: int) -> tuple[dict[str, str], bytes]:
    body = _json({"event": event.type, "data": _sms8_data(event)})
    signatures = [_hmac(secret.encode(), body).hex() for secret in endpoint.secrets(now)]
    return {"content-type": JSON_TYPE, "x-sms8-signature": ",".join(signatures)}, body


def _sms8_classic(endpoint: Endpoint, event: Event, _: int, __: int) -> tuple[dict[str, str], bytes]:
    """Stock receivers compare the whole header: the newest secret signs alone, from the moment it is new."""
    field, value = _sms8_form(event)
    text = json.dumps(value, ensure_ascii=False)
    signature = _base64(_hmac(endpoint.secret.encode(), text.encode()))
    headers = {"content-type": FORM_TYPE, "x-sg-signature": signature}
    return headers, urlencode({field: text}).encode()


WRITERS: Mapping[WebhookFormat, Callable[[Endpoint, Event, int, int], tuple[dict[str, str], bytes]]] = MappingProxyType(
    {
        WebhookFormat.STANDARD: _standard,
        WebhookFormat.EIGHTMS: _eightms,
        WebhookFormat.SMS8_JSON: _sms8_json,
        WebhookFormat.SMS8_CLASSIC: _sms8_classic,
    }
)


def _sms8_data(event: Event) -> dict[str, Any]:
    if not event.type.startswith("message."):
        return dict(event.data)
    data = event.data
    said = {"id": _number("msg", data["message_id"]), "message": data["body"], "device_id": _phone(event)}
    if event.type is EventType.MESSAGE_RECEIVED:
        return {**said, "from": data["from"], "received_at": _seconds(event.at)}
    when = {event.type.partition(".")[2] + "_at": _seconds(event.at)}
    error = {"error": _reason(data["error"])} if event.type is EventType.MESSAGE_FAILED else {}
    return {**said, "to": data["to"], **when, **error}


def _sms8_form(event: Event) -> tuple[str, Any]:
    """A test sends an empty list: a sample message would look like a real one to a receiver in the field."""
    data = event.data
    if event.type is EventType.USSD_ANSWERED:
        fields = {"deviceID": _phone(event), "simSlot": data["sim_slot"]}
        return "ussdRequest", {**fields, "request": data["request"], "response": data["response"]}
    if event.type is not EventType.MESSAGE_RECEIVED:
        return "messages", []
    number = _number("msg", data["message_id"])
    message = {
        "ID": str(number),
        "number": data["from"],
        "message": data["body"],
        "deviceID": str(_phone(event)),
        "simSlot": None if data["sim_slot"] is None else str(data["sim_slot"]),
        "userID": event.account,
        "status": "Received",
        "sentDate": _with_offset(event.at),
        "deliveredDate": _with_offset(ids.created_at(number or 0)),
        "groupID": None,
    }
    return "messages", [message]


def _phone(event: Event) -> int | None:
    return _number("phn", event.data["phone_id"])


def _number(prefix: ids.Prefix, text: str | None) -> int | None:
    return ids.parse(prefix, text) if text is not None else None


def _reason(error: Mapping[str, Any] | None) -> str:
    return str((error or {}).get("name") or (error or {}).get("reason") or "failed")


def _seconds(instant: int) -> str:
    return as_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def _with_offset(instant: int) -> str:
    return as_datetime(instant).isoformat(timespec="seconds")


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()
