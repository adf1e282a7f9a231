"""Every refusal Roost knows, drawn as one tree. Each knows its HTTP status and a stable code.

RoostError
├── InvalidRequest        422  something the caller wrote is wrong; names the fields
├── IdempotencyMismatch   422  the key was used with another body
├── Unauthenticated       401
├── SignInNeeded          401  a page was asked for without a session
├── MissingScope          403
├── FormNotOurs           403  a form that did not come from a page of this session
├── NotFound              404
├── NoEligiblePhone       409
├── PhoneDisabled         409
├── NeedsAcknowledgement  409  possible, but it endangers something: repeat it with acknowledge
├── AlreadyFinal          409  nothing can be changed any more
├── NotFinal              409  it may still happen by itself
├── HeldByPhone           409  a phone has accepted it: it can only be canceled
├── RequestInFlight       409  the first request with this key has not finished
├── StoreMismatch         409  the phone's database is not the one that paired
├── PairingCodeUsed       410
├── PairingCodeExpired    410
├── LinkSpent             410
├── PhoneRemoved          410
├── TooLarge              413
├── MailRefused           502  the mail service did not take a mail
├── TryLater              503  too many changes at once; nothing was done
└── InternalError         500

A dialect may show another status (smsdora answers 400 where `/v1` answers 422), never another code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """`field`: the name as the caller wrote it, nested names joined by dots; `problem`: a sentence without the name."""

    field: str
    problem: str


class RoostError(Exception):
    """A refusal that reaches the caller as it stands: `detail` must hold nothing private."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str = "", fields: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.fields = fields


class InvalidRequest(RoostError):
    status, code, title = 422, "invalid_request", "The request is not valid"

    @classmethod
    def of(cls, field: str, problem: str) -> InvalidRequest:
        return cls(f"{field}: {problem}", (FieldProblem(field, problem),))


class IdempotencyMismatch(RoostError):
    status, code, title = 422, "idempotency_mismatch", "This Idempotency-Key was used with another request"


class Unauthenticated(RoostError):
    status, code, title = 401, "unauthenticated", "Invalid, expired or revoked API key"


class SignInNeeded(RoostError):
    status, code, title = 401, "sign_in_needed", "Sign in to see this page"


class FormNotOurs(RoostError):
    status, code, title = 403, "form_not_ours", "This form is from another session: open the page again and repeat it"


class MissingScope(RoostError):
    status, code, title = 403, "missing_scope", "The API key lacks a scope"


class NotFound(RoostError):
    status, code, title = 404, "not_found", "Not found"


class NoEligiblePhone(RoostError):
    status, code, title = 409, "no_eligible_phone", "No eligible device available"


class PhoneDisabled(RoostError):
    status, code, title = 409, "phone_disabled", "This phone is disabled"


class NeedsAcknowledgement(RoostError):
    status, code, title = 409, "needs_acknowledgement", "This loosens what keeps your SIMs alive"


class AlreadyFinal(RoostError):
    status, code, title = 409, "already_final", "This message has ended"


class NotFinal(RoostError):
    status, code, title = 409, "not_final", "This message has not ended yet"


class HeldByPhone(RoostError):
    status, code, title = 409, "held_by_phone", "A phone holds this message already: cancel it and send another"


class RequestInFlight(RoostError):
    status, code, title = 409, "request_in_flight", "The first request with this Idempotency-Key is still running"


class StoreMismatch(RoostError):
    status, code, title = 409, "store_mismatch", "The phone's storage was wiped or restored: pair it again"


class PairingCodeUsed(RoostError):
    status, code, title = 410, "code_used", "This pairing code was used: make a new one with POST /v1/pairings"


class PairingCodeExpired(RoostError):
    status, code, title = 410, "code_expired", "This pairing code is unknown or over 10 minutes old: make a new one"


class LinkSpent(RoostError):
    status, code, title = 410, "link_spent", "This link was used or is over 15 minutes old: ask for a new one"


class PhoneRemoved(RoostError):
    status, code, title = 410, "device_removed", "This phone was removed: pair it again to use it"


class TooLarge(RoostError):
    status, code, title = 413, "too_large", "The request is too large"


class MailRefused(RoostError):
    status, code, title = 502, "mail_refused", "The mail could not be sent"


class TryLater(RoostError):
    status, code, title = 503, "try_later", "Too much changed at once: send the same request again"


class InternalError(RoostError):
    """Shown in place of any crash; the cause is in the log under the request id, never in the answer."""
