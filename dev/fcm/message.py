"""The part of an FCM HTTP v1 message that a push-to-call needs, checked as FCM checks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from dev.fcm.fcm_errors import FcmError

PAYLOAD_BYTES = 4_096
LONGEST_TTL_SECONDS = 28 * 24 * 3_600
RESERVED_KEYS = ("from", "message_type")
RESERVED_PREFIXES = ("google", "gcm")

Priority = Literal["high", "normal"]


@dataclass(frozen=True, slots=True)
class Message:
    """`address` is a registration token or a Firebase Installation ID."""

    address: str
    data: dict[str, str]
    priority: Priority
    ttl_seconds: float


def parse_message(body: object) -> Message:
    """The `message` member of a send request. Raises FcmError INVALID_ARGUMENT."""
    if not isinstance(body, dict):
        raise _invalid('Invalid JSON payload received. Missing "message".')
    address = body.get("token") or body.get("fid")
    if not isinstance(address, str):
        raise _invalid("Recipient of the message is not set.")
    android = body.get("android") or {}
    data = _checked_data({**(body.get("data") or {}), **(android.get("data") or {})})
    priority: Priority = "high" if str(android.get("priority", "normal")).lower() == "high" else "normal"
    return Message(address, data, priority, _ttl(android.get("ttl")))


def _checked_data(data: dict[Any, Any]) -> dict[str, str]:
    for key, value in data.items():
        if not isinstance(value, str):
            raise _invalid(f"Invalid value at 'message.data[{key}].value' (TYPE_STRING)")
        if key in RESERVED_KEYS or key.startswith(RESERVED_PREFIXES):
            raise _invalid(f"Invalid data payload key: {key}")
    if sum(len(key.encode()) + len(value.encode()) for key, value in data.items()) > PAYLOAD_BYTES:
        raise _invalid("Android message is too big")
    return data


def _ttl(text: object) -> float:
    """Google's Duration as JSON: `"3600s"`. FCM keeps a message for four weeks unless told otherwise."""
    if text is None:
        return LONGEST_TTL_SECONDS
    try:
        seconds = float(str(text).removesuffix("s"))
    except ValueError:
        seconds = -1
    if not str(text).endswith("s") or not 0 <= seconds <= LONGEST_TTL_SECONDS:
        raise _invalid(f"Invalid value at 'message.android.ttl' (Duration), {json.dumps(text)}")
    return seconds


def _invalid(message: str) -> FcmError:
    return FcmError("INVALID_ARGUMENT", message=message)
