"""The table is the outbox: changed messages come in from its stream, and phones with work due are woken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roost.domain.messages import MessageStatus
from roost.domain.pushes import PushResult
from roost.runtime.deps import Deps
from roost.usecases.wake_phones import wake_phone

if TYPE_CHECKING:  # the library behind it is in one function's layer only
    from roost.outbound.fcm import Fcm


@dataclass(frozen=True, slots=True)
class ChangedMessage:
    """One stream record. `place`: its sequence number, by which the stream is told where to go on."""

    place: str
    account: str
    phone: int | None
    status: str


def dispatch_changes(deps: Deps, push: Fcm | None, changes: Iterable[ChangedMessage]) -> list[str]:
    """One wake per phone however many messages it got. The places to try again: those of pushes that passed badly.

    `push` None: no Firebase project, phones poll.
    """
    waiting: dict[tuple[str, int], list[str]] = {}
    for change in changes:
        if change.status == MessageStatus.DISPATCHING and change.phone is not None:
            waiting.setdefault((change.account, change.phone), []).append(change.place)
    if push is None:
        return []
    failed = []
    for (account, phone), places in waiting.items():
        if wake_phone(deps, push, account, phone) is PushResult.UNAVAILABLE:
            failed += places
    return failed
