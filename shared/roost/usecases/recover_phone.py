"""One silence of a phone, step by step: push again, then give others what it did not take, then keep the deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from roost.domain.instants import HOUR, MINUTE, SECOND, rfc3339
from roost.domain.messages import Priority
from roost.domain.phones import Phone
from roost.domain.pushes import PUSH_GAP
from roost.runtime.deps import Deps
from roost.storage.phones import get_phone, list_phones, take_push
from roost.storage.queues import waiting_for
from roost.usecases.manage_phones import unpair_phone
from roost.usecases.rebind_messages import rebind_if_possible
from roost.usecases.settle_silence import MOST_WAITING, settle_overdue
from roost.usecases.wake_phones import push_now

if TYPE_CHECKING:  # the library behind it is in the layer of the functions that push only
    from roost.outbound.fcm import Fcm

PUSH_AGAIN_AFTER = (30 * SECOND, 2 * MINUTE, 10 * MINUTE)
"""Counted from the first unanswered wake (protocol §17). After the last the phone is left to its own polling."""

LOOK_AT_LEAST_EVERY = HOUR


def recover_step(deps: Deps, push: Fcm | None, account: str, phone: int, since: int, step: int) -> dict[str, Any]:
    """Look once and act. `since`: the instant of the first unanswered wake. The answer tells the state machine
    `{"done", "step", "wait_until"}`; a step that is repeated does no harm."""
    silent = get_phone(deps.devices, account, phone, consistent=True)
    if silent is None:
        return _done(deps, step)
    if silent.removed_at is not None:
        unpair_phone(deps, silent)
        return _done(deps, step)
    if silent.woken_at != since:
        return _done(deps, step)
    if step < len(PUSH_AGAIN_AFTER):
        return _push_again(deps, push, silent, since, step)
    return _hand_over(deps, silent, step)


def _push_again(deps: Deps, push: Fcm | None, phone: Phone, since: int, step: int) -> dict[str, Any]:
    due = since + PUSH_AGAIN_AFTER[step]
    if deps.now() < due:
        return {"done": False, "step": step, "wait_until": rfc3339(due)}
    can_push = push is not None and phone.can_be_pushed and phone.may_send
    if push is not None and can_push and take_push(deps.devices, phone, since, deps.now()):
        push_now(deps, push, phone, _most_urgent(deps, phone))
    following = PUSH_AGAIN_AFTER[step + 1] if step + 1 < len(PUSH_AGAIN_AFTER) else PUSH_AGAIN_AFTER[step] + MINUTE
    # A recovery that starts late must not make up for it with several pushes at once.
    return {"done": False, "step": step + 1, "wait_until": rfc3339(max(since + following, deps.now() + PUSH_GAP))}


def _most_urgent(deps: Deps, phone: Phone) -> Priority:
    """Of what waits for it. Nothing waits: then it is asked to cancel something it holds."""
    waiting = waiting_for(deps.messages, phone.account, phone.number, 1)
    return waiting[0].priority if waiting else Priority.NORMAL


def _hand_over(deps: Deps, phone: Phone, step: int) -> dict[str, Any]:
    """Accepted work stays with the phone until its deadline: sending it elsewhere could send it twice."""
    settle_overdue(deps, phone)
    phones, _ = list_phones(deps.devices, phone.account)
    others = [other for other in phones if other.number != phone.number]
    for entry in waiting_for(deps.messages, phone.account, phone.number, MOST_WAITING):
        if entry.lane is None:  # a lane in its queue was dealt to it and waits for it
            rebind_if_possible(deps, phone, entry.message_id, others)
    deadline = settle_overdue(deps, phone)
    if deadline is None:
        return _done(deps, step)
    look_at = min(max(deadline, deps.now() + MINUTE), deps.now() + LOOK_AT_LEAST_EVERY)
    return {"done": False, "step": step + 1, "wait_until": rfc3339(look_at)}


def _done(deps: Deps, step: int) -> dict[str, Any]:
    return {"done": True, "step": step, "wait_until": rfc3339(deps.now())}
