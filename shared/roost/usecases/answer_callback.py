"""One call of a phone: take its reports, remember it called, give it what is due (protocol §5.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from roost.domain.callbacks import Alert, Callback, Rejection
from roost.domain.errors import PhoneRemoved, StoreMismatch
from roost.domain.instants import SECOND
from roost.domain.messages import Message
from roost.domain.phone_config import poll_seconds
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import change_cancels, update_phone
from roost.usecases.apply_events import apply_events
from roost.usecases.claim_jobs import Granted, claim_jobs
from roost.usecases.held_messages import held_of
from roost.usecases.settle_silence import lose_storage

MOST_ALERTS = 20
"""The item of a phone must not grow with whatever codes an app invents."""

SEEN_EVERY = 30 * SECOND
"""A call without a claim is written down at most this often, unless the phone's health changed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`cancels`: messages the phone holds that should not leave any more."""

    acked: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    granted: Granted
    cancels: tuple[Message, ...]
    now: int


def answer_callback(deps: Deps, phone: Phone, call: Callback) -> Answer:
    """Raises StoreMismatch, PhoneRemoved and TryLater. Dying anywhere in here is repaired by the repeat of the call."""
    if call.store_id != phone.store_id:
        lose_storage(deps, phone)
        raise StoreMismatch
    applied = apply_events(deps, phone, call.events)
    changes = _changes(deps, phone, call, applied.alerts)
    cancels = _open_cancels(deps, phone)
    if call.claim is not None:
        excluded = frozenset(message.id for message in cancels)
        claim = replace(call.claim, have=call.claim.have | excluded)
        granted = claim_jobs(deps, phone, call, claim, changes, frozenset(applied.settled))
    else:
        granted = Granted(_record_call(deps, phone, call, changes), poll_seconds(phone))
    return Answer(tuple(applied.acked), tuple(applied.rejected), granted, cancels, deps.now())


def _open_cancels(deps: Deps, phone: Phone) -> tuple[Message, ...]:
    """Repeated in every answer until the phone has settled them; then forgotten."""
    if not phone.cancels:
        return ()
    held = held_of(deps, phone, sorted(phone.cancels))
    change_cancels(deps.devices, phone, drop=phone.cancels - {message.id for message in held})
    return tuple(held)


def _changes(deps: Deps, phone: Phone, call: Callback, alerts: list[Alert]) -> dict[str, Any]:
    """What every written call changes on the phone's item."""
    changes: dict[str, Any] = {
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
    unchanged = dict(phone.health) == dict(call.health) and "alerts" not in changes
    if unchanged and deps.now() - phone.seen_at < SEEN_EVERY:
        return phone
    try:
        return update_phone(deps.devices, phone, changes)
    except ConditionFailed:
        raise PhoneRemoved from None
