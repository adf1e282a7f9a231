"""The table is the outbox: changed messages come in from its stream; phones are woken, waits are started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roost.domain.instants import minute_of
from roost.domain.messages import CLAIMABLE, HELD, NEVER_SENT, MessageStatus, Priority
from roost.domain.phones import Phone
from roost.domain.pushes import PushResult
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.phones import change_cancels, get_phone, list_phones
from roost.usecases.dispatch_lanes import ChangedLane, dispatch_lanes
from roost.usecases.rebind_messages import rebind_or_fail
from roost.usecases.settle_charges import settle_charge
from roost.usecases.wake_phones import wake_phone

if TYPE_CHECKING:  # the libraries behind them are in the layers of few functions
    from roost.outbound.executions import Executions
    from roost.outbound.fcm import Fcm


@dataclass(frozen=True, slots=True)
class ChangedMessage:
    """One stream record. `place`: its sequence number, by which the stream is told where to go on."""

    place: str
    account: str
    message_id: int
    status: MessageStatus
    due_at: int
    phone: int | None = None
    cancel_requested: bool = False
    refunded: bool | None = None
    """Whether its charge was given back; None for a message that nothing was taken for."""
    priority: Priority = Priority.NORMAL


def dispatch_changes(
    deps: Deps, push: Fcm | None, executions: Executions, changes: Sequence[ChangedMessage | ChangedLane]
) -> list[str]:
    """One wake per phone however many messages it got. The places to try again: those of pushes that passed badly, and
    of charges that others were settling.

    `push` None: no Firebase project, phones poll. Everything here may run twice.
    """
    changes = list(changes)
    by_phone: dict[tuple[str, int], list[ChangedMessage]] = {}
    minutes: set[tuple[str, str]] = set()
    for change in changes:
        if change.status.value == MessageStatus.SCHEDULED.value:
            minutes.add((change.account, minute_of(change.due_at)))
        elif isinstance(change, ChangedMessage) and change.phone is not None:
            by_phone.setdefault((change.account, change.phone), []).append(change)
    for account, minute in minutes:
        put_check(deps.devices, max(minute, minute_of(deps.now())), Check(account, minute=minute))
        executions.release_scheduled(account, minute)
    failed: list[str] = []
    for (account, number), phone_changes in by_phone.items():
        failed += _for_phone(deps, push, account, number, phone_changes)
    messages = [change for change in changes if isinstance(change, ChangedMessage)]
    failed += [change.place for change in messages if not _settled(deps, change)]
    lanes = [change for change in changes if isinstance(change, ChangedLane)]
    return failed + dispatch_lanes(deps, push, lanes)


def _settled(deps: Deps, change: ChangedMessage) -> bool:
    """Asks the table only about a message whose charge does not stand as its state says."""
    is_due = change.refunded is not None and change.refunded != (change.status in NEVER_SENT)
    return not is_due or settle_charge(deps, change.account, change.message_id)


def _for_phone(deps: Deps, push: Fcm | None, account: str, number: int, changes: list[ChangedMessage]) -> list[str]:
    waiting = [change for change in changes if change.status in CLAIMABLE]
    canceling = [change for change in changes if change.cancel_requested and change.status in HELD]
    if not waiting and not canceling:
        return []
    phone = get_phone(deps.devices, account, number, consistent=True)
    if phone is None:
        return []
    if phone.removed_at is not None:
        _rebind(deps, phone, waiting)
        return []
    # Before the wake: if this dies in between, the sweep still looks at the phone.
    put_check(deps.devices, minute_of(deps.now()), Check(account, number))
    change_cancels(deps.devices, phone, add=frozenset(change.message_id for change in canceling))
    due_now = [change for change in waiting if change.status is MessageStatus.DISPATCHING]
    if not due_now and not canceling:
        return []
    cancel = [Priority.NORMAL] if canceling else []
    result = wake_phone(deps, push, account, number, max([change.priority for change in due_now] + cancel))
    return [change.place for change in changes] if result is PushResult.UNAVAILABLE else []


def _rebind(deps: Deps, phone: Phone, waiting: list[ChangedMessage]) -> None:
    """The phone was removed while the message was being accepted."""
    others, _ = list_phones(deps.devices, phone.account)
    for change in waiting:
        rebind_or_fail(deps, phone, change.message_id, others)
