"""The errors of FCM HTTP v1, as Google words them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

FCM_ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST_TYPE = "type.googleapis.com/google.rpc.BadRequest"


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """`status` is Google's canonical name; `error_code` appears in `details` unless FCM leaves it out."""

    http_status: int
    status: str
    error_code: str | None
    message: str


ERRORS = MappingProxyType(
    {
        "INVALID_ARGUMENT": ErrorKind(
            400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"
        ),
        "UNAUTHENTICATED": ErrorKind(
            401,
            "UNAUTHENTICATED",
            None,
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
            "valid authentication credential.",
        ),
        "THIRD_PARTY_AUTH_ERROR": ErrorKind(
            401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "Auth error from APNS or Web Push Service"
        ),
        "SENDER_ID_MISMATCH": ErrorKind(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"),
        "PERMISSION_DENIED": ErrorKind(
            403,
            "PERMISSION_DENIED",
            None,
            "Firebase Cloud Messaging API has not been used in this project before or it is disabled.",
        ),
        "UNREGISTERED": ErrorKind(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."),
        "QUOTA_EXCEEDED": ErrorKind(
            429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Quota exceeded for quota metric 'Token bucket requests'"
        ),
        "INTERNAL": ErrorKind(500, "INTERNAL", "INTERNAL", "Internal error encountered."),
        "UNAVAILABLE": ErrorKind(503, "UNAVAILABLE", "UNAVAILABLE", "The service is currently unavailable."),
    }
)


class FcmError(Exception):
    """A send that FCM refuses. `retry_after_seconds` becomes the `Retry-After` header."""

    def __init__(self, name: str, *, message: str | None = None, retry_after_seconds: int | None = None) -> None:
        self.name = name
        self.kind = ERRORS[name]
        self.message = message or self.kind.message
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{name}: {self.message}")

    def body(self) -> dict[str, Any]:
        details: list[dict[str, Any]] = []
        if self.kind.error_code is not None:
            details.append({"@type": FCM_ERROR_TYPE, "errorCode": self.kind.error_code})
        if self.name == "INVALID_ARGUMENT":
            violation = {"field": "message", "description": self.message}
            details.append({"@type": BAD_REQUEST_TYPE, "fieldViolations": [violation]})
        error: dict[str, Any] = {
            "code": self.kind.http_status,
            "message": self.message,
            "status": self.kind.status,
        }
        return {"error": {**error, "details": details} if details else error}
