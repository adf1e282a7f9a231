"""Run USSD codes on a phone and read what the network answered: jobs like texts, woken for, claimed and reported."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain import ids
from roost.domain.errors import NotFound
from roost.domain.messages import Kind, Message, Priority
from roost.domain.senders import Sender
from roost.domain.ussd import LIFETIME, SHOWN_AS, UssdStatus, checked_code
from roost.runtime.deps import Deps
from roost.storage.messages import get_message
from roost.usecases.page_shard import page_of_shard
from roost.usecases.send_message import send_message
from roost.usecases.submission import Idempotency, Submission


@dataclass(frozen=True, slots=True)
class UssdRequest:
    """`phone`: None for the one that is free first; its SIM answers, so a caller mostly names it."""

    code: str
    code_field: str = "code"
    phone: int | None = None
    sim_slot: int | None = None


@dataclass(frozen=True, slots=True)
class UssdFilter:
    """None matches everything. `since` and `until`: instants of the request, both included."""

    code: str | None = None
    status: UssdStatus | None = None
    phone: int | None = None
    sim_slot: int | None = None
    since: int | None = None
    until: int | None = None

    def matches(self, request: Message) -> bool:
        wanted = (self.code, self.status, self.phone, self.sim_slot)
        found = (request.text, SHOWN_AS[request.status], request.phone, request.sim_slot)
        in_time = (self.since or 0) <= request.created_at and (self.until is None or request.created_at <= self.until)
        return in_time and all(want in (None, have) for want, have in zip(wanted, found, strict=True))


def run_ussd(deps: Deps, sender: Sender, wanted: UssdRequest, idempotency: Idempotency | None = None) -> Message:
    """Raises InvalidRequest, NotFound, PhoneDisabled, NoEligiblePhone, IdempotencyMismatch, RequestInFlight."""
    submission = Submission(
        to="",
        text=checked_code(wanted.code, wanted.code_field),
        kind=Kind.USSD,
        phone=wanted.phone,
        sim_slot=wanted.sim_slot,
        priority=Priority.URGENT,
        lifetime=LIFETIME,
    )
    return send_message(deps, sender, submission, idempotency).message


def read_ussd(deps: Deps, account: str, request: int | None) -> Message:
    """Raises NotFound, for another account's id and for a message's too."""
    found = get_message(deps.messages, account, request, consistent=True) if request is not None else None
    if found is None or found.kind is not Kind.USSD:
        raise NotFound("No such USSD request")
    return found


def list_ussd(
    deps: Deps, account: str, wanted: UssdFilter, limit: int, before: int | None
) -> tuple[list[Message], int | None]:
    """A page, newest first, and the id to go on below. A page may be short while there is more."""
    below = before
    if wanted.until is not None:
        newest = ids.message_id(wanted.until + 1, serial=0)
        below = newest if before is None else min(before, newest)
    return page_of_shard(deps, account, ids.USSD_SHARD, wanted.matches, limit, below, wanted.since)
