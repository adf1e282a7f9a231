"""One call of a phone: take its reports, remember it called, give it what is due (protocol §5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from roost.domain.callbacks import Alert, Callback, Rejection
from roost.domain.errors import PhoneRemoved, StoreMismatch
from roost.domain.instants import SECOND
from roost.domain.phone_config import poll_seconds
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import update_phone
from roost.usecases.apply_events import apply_events
from roost.usecases.claim_jobs import Granted, earlier_lease, grant_jobs, repeat_grant, revoke_overdue

SEEN_EVERY = 30 * SECOND
"""A call without a claim is written down at most this often, unless the phone's health changed."""


@dataclass(frozen=True, slots=True)
class Answer:
    acked: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    granted: Granted
    phone: Phone
    now: int
    next_poll_seconds: int


def answer_callback(deps: Deps, phone: Phone, call: Callback) -> Answer:
    """Raises StoreMismatch and PhoneRemoved. Dying anywhere in here is repaired by the phone's repeat of the call."""
    if call.store_id != phone.store_id:
        raise StoreMismatch
    applied = apply_events(deps, phone, call.events)
    repeated = earlier_lease(deps, phone, call.claim) if call.claim else None
    phone_before, phone = phone, _record_call(deps, phone, call, applied.alerts, claiming=call.claim and not repeated)
    granted = Granted()
    if repeated is not None:
        granted = repeat_grant(deps, repeated)
    elif call.claim is not None and phone.may_send:
        revoke_overdue(deps, phone_before, call.claim)
        granted = grant_jobs(deps, phone, call.claim)
    return Answer(
        acked=tuple(applied.acked),
        rejected=tuple(applied.rejected),
        granted=granted,
        phone=phone,
        now=deps.now(),
        next_poll_seconds=0 if granted.again else poll_seconds(phone),
    )


def _record_call(deps: Deps, phone: Phone, call: Callback, alerts: list[Alert], *, claiming: object) -> Phone:
    """The one write on the phone's item. It comes before the look into the queue: a message written after that look
    finds no outstanding wake and sends a new one, so none is left waiting between the two."""
    now = deps.now()
    unchanged = dict(phone.health) == dict(call.health) and not alerts
    if call.claim is None and unchanged and now - phone.seen_at < SEEN_EVERY:
        return phone
    changes: dict[str, Any] = {"seen_at": now, "health": dict(call.health), "boot_offsets": dict(call.boot_offsets)}
    if alerts:
        fresh = {alert.code: {"at": alert.at, "detail": alert.detail or ""} for alert in alerts}
        changes["alerts"] = {**phone.alerts, **fresh}
    if call.claim is not None and claiming:
        changes["last_claim"] = call.claim.claim_id
    woken = ("woken_at",) if call.claim is not None else ()
    try:
        return update_phone(deps.devices, phone, changes, remove=woken, add_epoch=bool(claiming))
    except ConditionFailed:
        raise PhoneRemoved from None
