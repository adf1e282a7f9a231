"""What a phone's report does to a message. Pure: reports come late, twice and out of order (protocol §9, §10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from roost.domain.holders import holder_name
from roost.domain.instants import MINUTE
from roost.domain.messages import RANK, Message, MessageStatus, moved, noted

S = MessageStatus


@dataclass(frozen=True, slots=True)
class Report:
    """One job event of a phone. `at`: when it happened, on the server's clock; `times`: of the steps before it;
    `answer`: to a USSD code that ran well."""

    type: str
    phone: int
    attempt: int
    lease_epoch: int
    at: int
    part: int | None = None
    error: Mapping[str, Any] | None = None
    reason: str | None = None
    answer: str | None = None
    times: Mapping[MessageStatus, int] = field(default_factory=dict)

    @property
    def holder(self) -> str:
        return holder_name(self.phone, self.lease_epoch)


ORDINARY_AFTER_SENT = frozenset({(S.SENT, S.DELIVERED), (S.SENT, S.UNDELIVERED)})
"""Leaving a final state needs no note here: a delivery report is what `sent` waits for."""


PAUSE_AFTER: Mapping[str | None, int] = MappingProxyType({"sim_gone": 10 * MINUTE, "paused": 10 * MINUTE})
"""Offered again at once, such a job would come back at once."""


DUPLICATE_RISK = "duplicate_risk: reported by a phone that no longer held it"


class NotTheHolder(Exception):
    """The reporting phone does not hold this job, and this kind of report counts from its holder only."""


OUTCOMES: Mapping[str, MessageStatus] = MappingProxyType(
    {
        "job.sending": S.SENDING,
        "job.unknown": S.UNKNOWN,
        "job.expired": S.EXPIRED,
        "job.canceled": S.CANCELED,
        "job.failed": S.FAILED,
        "job.sent": S.SENT,
        "job.undelivered": S.UNDELIVERED,
        "job.delivered": S.DELIVERED,
    }
)

COUNTS_FROM_FORMER_HOLDERS = frozenset(
    {"job.sent", "job.undelivered", "job.delivered", "job.part_sent", "job.part_delivered"}
)
"""What was on the air stays true whoever holds the job now."""


def apply_report(message: Message, report: Report) -> Message:
    """The message after `report`; equal to `message` when the report changes nothing.

    Raises NotTheHolder, and KeyError on a type that is not in JOB_EVENTS.
    """
    current = _is_holder(message, report)
    former = report.holder in message.former_holders
    if not current and not (former and report.type in COUNTS_FROM_FORMER_HOLDERS):
        raise NotTheHolder
    after = APPLY[report.type](message, report)
    if not current and (after != message or _is_second_sending(message, report)) and not may_have_left_twice(message):
        after = noted(after, report.at, DUPLICATE_RISK)
    return after


def _is_second_sending(message: Message, report: Report) -> bool:
    """An earlier attempt turns out to have been on the air after a later one was."""
    return report.attempt < message.attempt and RANK[message.status] >= RANK[S.SENT]


def may_have_left_twice(message: Message) -> bool:
    """Two phones had it, and the one that no longer held it says that it sent."""
    return any(note.text == DUPLICATE_RISK for note in message.notes)


def _is_holder(message: Message, report: Report) -> bool:
    return (message.phone, message.lease_epoch, message.attempt) == (report.phone, report.lease_epoch, report.attempt)


def _outcome(message: Message, report: Report) -> Message:
    return _ended(message, report, OUTCOMES[report.type])


def _ussd_result(message: Message, report: Report) -> Message:
    """The network's word is all there is to a USSD code: answered is as far as it gets."""
    if report.error is not None:
        return _ended(message, report, S.FAILED)
    after = _ended(message, report, S.DELIVERED)
    return replace(after, answer=report.answer) if after != message else message


def _ended(message: Message, report: Report, status: MessageStatus) -> Message:
    if not message.can_move_to(status):
        return message
    steps = {step: at for step, at in report.times.items() if RANK[step] < RANK[status] and step not in message.moves}
    moves = dict(message.moves)
    for step, at in sorted((steps | {status: report.at}).items(), key=lambda move: RANK[move[0]]):
        moves[step] = max(at, *(known for other, known in moves.items() if RANK[other] < RANK[step]))
    error = report.error if report.error is not None else _reason(report)
    after = moved(replace(message, moves=moves), status, moves[status], error=error)
    if message.is_final and (message.status, status) not in ORDINARY_AFTER_SENT:
        after = noted(after, report.at, f"corrected: {message.status} became {status}")
    return after


def _reason(report: Report) -> Mapping[str, Any] | None:
    return {"name": report.reason} if report.reason else None


def _released(message: Message, report: Report) -> Message:
    """Given back unsent: certain, so it is free for any phone again."""
    if message.status in (S.LEASED, S.ACCEPTED):
        back = requeued(message, report.at)
        return replace(back, due_at=report.at + PAUSE_AFTER[report.reason]) if report.reason in PAUSE_AFTER else back
    if message.status is S.SENDING:
        return moved(message, S.UNKNOWN, report.at, error={"name": "released_while_sending"})
    return message


def requeued(message: Message, at: int) -> Message:
    """Due again under the same attempt, or canceled if that was asked for meanwhile."""
    if message.cancel_requested_at is not None:
        return moved(released(message), S.CANCELED, at)
    return moved(noted(released(message), at, "requeued"), S.DISPATCHING, at)


def released(message: Message) -> Message:
    """Held by nobody. What its former holder later says of the air will still be believed."""
    if message.phone is None or message.lease_epoch is None:
        raise ValueError("nobody holds this message")
    former = message.former_holders | {holder_name(message.phone, message.lease_epoch)}
    return replace(message, former_holders=former, lease_epoch=None, claim_id=None, slot_at=None)


def _part_sent(message: Message, report: Report) -> Message:
    return replace(message, parts_sent=message.parts_sent | _parts(report))


def _part_delivered(message: Message, report: Report) -> Message:
    return replace(message, parts_delivered=message.parts_delivered | _parts(report))


def _parts(report: Report) -> frozenset[int]:
    return frozenset() if report.part is None else frozenset({report.part})


def _nothing(message: Message, _: Report) -> Message:
    return message


APPLY: Mapping[str, Callable[[Message, Report], Message]] = MappingProxyType(
    dict.fromkeys(OUTCOMES, _outcome)
    | {
        "job.released": _released,
        "ussd.result": _ussd_result,
        "job.part_sent": _part_sent,
        "job.part_delivered": _part_delivered,
        "job.part_failed": _nothing,
    }
)

JOB_EVENTS = frozenset(APPLY)
