"""Every refusal Roost knows, drawn as one tree. Each knows its HTTP status and a stable code.

RoostError
├── InvalidRequest        422  something the caller wrote is wrong; names the fields
├── IdempotencyMismatch   422  the key was used with another body
├── Unauthenticated       401
├── SignInNeeded          401  without a session (domain/sign_in.py)
├── InsufficientCredits   402  the balance does not cover it
├── MissingScope          403
├── RecipientOptedOut     403  the recipient answered STOP
├── AddressNotAllowed     403  the key may not be used from there
├── KeyIsLimited          403  it may not make or change keys
├── SpendingLimitReached  403  of the key
├── PlanLimitReached      403  of the account
├── NotInPlan             403  the account's plan lacks it: MMS, USSD
├── AccountSuspended      403
├── FormNotOurs           403  a form of another session (there)
├── NotWelcome            403  an address that may not sign in (there; by Google: domain/google_sign_in.py)
├── NotFound              404
│   └── NothingMatches         a filter selects nothing that can be acted on
├── NoEligiblePhone       409
├── PhoneDisabled         409
├── NeedsAcknowledgement  409  possible, but it endangers something: repeat it with acknowledge
├── AlreadyFinal          409  nothing can be changed any more
├── NotFinal              409  it may still happen by itself
├── HeldByPhone           409  a phone has accepted it: it can only be canceled
├── EndpointDisabled      409  a webhook that is off gets nothing
├── RequestInFlight       409  the first request with this key has not finished
├── StoreMismatch         409  the phone's database is not the one that paired
├── PairingCodeUsed       410
├── PairingCodeExpired    410
├── LinkSpent             410  a sign-in link (there)
├── PhoneRemoved          410
├── TooLarge              413
├── UpgradeRequired       426  the app on the phone is too old to claim
├── LimitReached          429  of time; says when to try again
│   ├── RateLimited            requests of the key in 60 s
│   ├── DailyLimitReached      requests of the key in a UTC day
│   ├── CodeCooldown           this number got a code a moment ago
│   └── CodeLimitReached       this number got five codes in 24 hours
├── MailRefused           502  the mail service did not take a mail (there)
├── TryLater              503  too many changes at once; nothing was done
├── SetUpIncomplete       503  the owner named a parameter that is missing or wrong (runtime/owner_setting.py)
└── InternalError         500

A dialect may show another status (smsdora answers 400 where `/v1` answers 422), never another code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self


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


class InsufficientCredits(RoostError):
    status, code, title = 402, "insufficient_credits", "Not enough credits"


class AddressNotAllowed(RoostError):
    status, code, title = 403, "address_not_allowed", "This API key may not be used from your address"


class KeyIsLimited(RoostError):
    status, code, title = 403, "key_is_limited", "A key with limits cannot make or change keys: use one without"


class SpendingLimitReached(RoostError):
    status, code, title = 403, "spending_limit_reached", "The spending limit of this API key is reached"


class PlanLimitReached(RoostError):
    status, code, title = 403, "plan_limit_reached", "The account's plan does not allow this"


class NotInPlan(RoostError):
    status, code, title = 403, "not_in_plan", "The plan of this account does not have this"


class AccountSuspended(RoostError):
    status, code, title = 403, "account_suspended", "This account is suspended: ask who runs this server"


class MissingScope(RoostError):
    status, code, title = 403, "missing_scope", "The API key lacks a scope"


class RecipientOptedOut(RoostError):
    status, code, title = 403, "recipient_opted_out", "The recipient wants no messages"


class NotFound(RoostError):
    status, code, title = 404, "not_found", "Not found"


class NothingMatches(NotFound):
    """What was asked for exists, but nothing in it can be acted on."""


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


class EndpointDisabled(RoostError):
    status, code, title = 409, "endpoint_disabled", "This webhook is disabled: enable it first"


class RequestInFlight(RoostError):
    status, code, title = 409, "request_in_flight", "The first request with this Idempotency-Key is still running"


class StoreMismatch(RoostError):
    status, code, title = 409, "store_mismatch", "The phone's storage was wiped or restored: pair it again"


class PairingCodeUsed(RoostError):
    status, code, title = 410, "code_used", "This pairing code was used: make a new one with POST /v1/pairings"


class PairingCodeExpired(RoostError):
    status, code, title = 410, "code_expired", "This pairing code is unknown or over 10 minutes old: make a new one"


class PhoneRemoved(RoostError):
    status, code, title = 410, "device_removed", "This phone was removed: pair it again to use it"


class TooLarge(RoostError):
    status, code, title = 413, "too_large", "The request is too large"


class UpgradeRequired(RoostError):
    status, code, title = 426, "upgrade_required", "This app is too old to get messages: update it"


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit of time as it stands. `window`, `resets_in`: seconds; `remaining`: requests left."""

    name: str
    limit: int
    window: int
    remaining: int
    resets_in: int


class LimitReached(RoostError):
    """`retry_after`: seconds, after which it is not too early. `quotas`: all limits of the key as they stand."""

    status, code, title = 429, "limit_reached", "Too many requests"

    def __init__(self, detail: str, retry_after: int, quotas: tuple[Quota, ...] = ()) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.quotas = quotas


class RateLimited(LimitReached):
    code, title = "rate_limited", "Rate limit exceeded"


class DailyLimitReached(LimitReached):
    code, title = "daily_limit_reached", "Daily limit reached"


class TooSoon(LimitReached):
    """What will be allowed by waiting. `retry_after`: whole seconds until then."""

    code, title = "too_soon", "Not yet"
    sentence: ClassVar[str] = "Try again in {seconds} s"

    @classmethod
    def until(cls, instant: int, now: int) -> Self:
        """`instant`, `now`: in ms."""
        seconds = max(1, -(-(instant - now) // 1_000))
        return cls(cls.sentence.format(seconds=seconds), seconds)


class CodeCooldown(TooSoon):
    code, title = "code_cooldown", "A code was sent to this number a moment ago"
    sentence = "A code was sent to this number a moment ago: the next may follow in {seconds} s"


class CodeLimitReached(TooSoon):
    code, title = "code_limit_reached", "This number got its five codes of 24 hours"
    sentence = "This number got five codes within 24 hours: the next may follow in {seconds} s"


class TryLater(RoostError):
    status, code, title = 503, "try_later", "Too much changed at once: send the same request again"


class InternalError(RoostError):
    """Shown in place of any crash; the cause is in the log under the request id, never in the answer."""
