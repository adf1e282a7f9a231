"""One call of a phone: take its reports, remember it called, give it what is due (protocol §5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from roost.domain.api_keys import hash_of
from roost.domain.callbacks import Alert, Callback, Cancel, Claim, JobEvent, Rejection
from roost.domain.errors import PhoneRemoved, StoreMismatch
from roost.domain.messages import HELD, Message
from roost.domain.phone_config import poll_seconds
from roost.domain.phones import Phone
from roost.domain.reports import may_have_left_twice
from roost.domain.sim_changes import agreed_on_the_phone, with_sims
from roost.runtime.deps import Deps
from roost.runtime.log import concerns
from roost.storage.conditional import ConditionFailed
from roost.storage.messages import get_message
from roost.storage.phones import change_cancels, sim_items, update_phone
from roost.usecases.apply_events import apply_events
from roost.usecases.claim_jobs import Granted, claim_jobs
from roost.usecases.known_calls import is_known
from roost.usecases.rotate_token import next_token, was_told
from roost.usecases.settle_silence import lose_storage

MOST_ALERTS = 20
"""The item of a phone must not grow with whatever codes an app invents."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`next_token`: while a rotation is open."""

    acked: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    granted: Granted
    cancels: tuple[Cancel, ...]
    now: int
    next_token: str | None = None


def answer_callback(deps: Deps, phone: Phone, call: Callback) -> Answer:
    """Raises StoreMismatch, PhoneRemoved and TryLater. Dying anywhere in here is repaired by the repeat of the call."""
    if call.store_id != phone.store_id:
        lose_storage(deps, phone)
        raise StoreMismatch
    applied = apply_events(deps, phone, call.events)
    changes = _changes(deps, phone, call, applied.alerts)
    token = next_token(deps, phone)
    if token is not None:
        changes["next_token_hash"] = hash_of(token)
    cancels = _open_cancels(deps, phone, call.claim)
    if call.claim is not None:
        excluded = frozenset(cancel.message_id for cancel in cancels)
        claim = replace(call.claim, have=call.claim.have | excluded)
        granted = claim_jobs(deps, phone, call, claim, changes, frozenset(applied.settled))
    else:
        granted = Granted(_record_call(deps, phone, call, changes), poll_seconds(phone))
    told = was_told(granted.phone, token)
    concerns(*(event.message_id for event in call.events if isinstance(event, JobEvent)))
    concerns(*(job.id for job in granted.jobs))
    return Answer(tuple(applied.acked), tuple(applied.rejected), granted, cancels, deps.now(), told)


def _open_cancels(deps: Deps, phone: Phone, claim: Claim | None) -> tuple[Cancel, ...]:
    """Repeated in every answer until the phone has settled them; then forgotten."""
    named = claim.have if claim is not None else phone.cancels
    found = (get_message(deps.messages, phone.account, number, consistent=True) for number in sorted(phone.cancels))
    open_ = [message for message in found if message is not None and _is_to_cancel(message, phone, named)]
    change_cancels(deps.devices, phone, drop=phone.cancels - {message.id for message in open_})
    return tuple(Cancel(message.id, attempt) for message in open_ for attempt in _attempts_of(message, phone))


def _is_to_cancel(message: Message, phone: Phone, named: frozenset[int]) -> bool:
    """Held, or settled by another phone while this one may still hold its own attempt."""
    if message.phone == phone.number and not may_have_left_twice(message):
        return message.status in HELD
    return message.id in named


def _attempts_of(message: Message, phone: Phone) -> Iterable[int]:
    """Its own; of a message that is with another phone by now, those before."""
    return (message.attempt,) if message.phone == phone.number else range(1, message.attempt)


def _changes(deps: Deps, phone: Phone, call: Callback, alerts: list[Alert]) -> dict[str, Any]:
    """What every written call changes on the phone's item."""
    agreed = agreed_on_the_phone(phone, call.claim.sims) if call.claim is not None else ()
    sims: dict[str, Any] = {}
    if agreed:
        phone = with_sims(phone, agreed)
        sims = {"sims": sim_items(phone.sims), "alerts": dict(phone.alerts)}
    changes: dict[str, Any] = {
        **sims,
        "seen_at": deps.now(),
        "health": dict(call.health),
        "boot_offsets": dict(call.boot_offsets),
        "heard": asdict(call.heard),
    }
    if alerts:
        fresh = {alert.code: {"at": alert.at, "detail": alert.detail or ""} for alert in alerts}
        merged = {**phone.alerts, **fresh}
        newest = sorted(merged, key=lambda code: -merged[code]["at"])[:MOST_ALERTS]
        changes["alerts"] = {code: merged[code] for code in newest}
    return changes


def _record_call(deps: Deps, phone: Phone, call: Callback, changes: dict[str, Any]) -> Phone:
    if is_known(phone, call, changes, deps.now()):
        return phone
    try:
        return update_phone(deps.devices, phone, changes)
    except ConditionFailed:
        raise PhoneRemoved from None
