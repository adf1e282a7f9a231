"""Accept one message: choose its phone, write it, once. The stream of the table does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from roost.domain import ids
from roost.domain.attachments import checked_attachments
from roost.domain.errors import IdempotencyMismatch, InvalidRequest, NotFound, PhoneDisabled, RequestInFlight
from roost.domain.instants import MINUTE
from roost.domain.messages import (
    DEFAULT_LIFETIME,
    LATEST_SCHEDULE,
    Direction,
    Kind,
    Message,
    MessageStatus,
    Priority,
    as_accepted,
)
from roost.domain.phone_numbers import is_e164
from roost.domain.phones import Phone, choose_sim
from roost.domain.routing import choose_phone, first_status
from roost.domain.segments import MAX_SEGMENTS, segments_of
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.items import Item
from roost.storage.messages import from_item, get_message, put_new_message
from roost.storage.phones import get_phone, list_phones
from roost.storage.transactions import (
    AlreadyRecorded,
    MessageIdTaken,
    Write,
    WriteConflict,
    commit,
    find_record,
    idempotency_record,
    message_write,
    put_message_once,
)

S = MessageStatus
MAX_TEXT = 1_600
TRIES = 4

Along = Callable[[Message], Sequence[Write]]


@dataclass(frozen=True, slots=True)
class Submission:
    """What a caller wants sent. Field names for errors come with it, because each dialect has its own.

    `phone`: one phone by number, or None for the best one; `online_only`: refuse rather than wait for a phone;
    `shown_as`: what listings show instead of a text that is secret.
    """

    to: str
    text: str
    to_field: str = "to"
    text_field: str = "body"
    phone: int | None = None
    sim_slot: int | None = None
    priority: Priority = Priority.NORMAL
    lifetime: int = DEFAULT_LIFETIME
    send_at: int | None = None
    retry_unknown: bool = False
    online_only: bool = False
    shown_as: str | None = None
    kind: Kind = Kind.SMS
    attachments: tuple[str, ...] = ()
    attachments_field: str = "attachments"


@dataclass(frozen=True, slots=True)
class Idempotency:
    """`key_hash`: of the caller's Idempotency-Key; `fingerprint`: of method, path and body."""

    key_hash: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """`phone` None: a scheduled message gets one when it is due. `replayed`: this is the answer to an earlier request
    with the same Idempotency-Key."""

    message: Message
    phone: Phone | None
    replayed: bool = False


def send_message(
    deps: Deps,
    account: str,
    wanted: Submission,
    idempotency: Idempotency | None = None,
    along: Along | None = None,
) -> Accepted:
    """`along`: what is written with the message or not at all; what it raises comes through.

    Raises InvalidRequest, NotFound, PhoneDisabled, NoEligiblePhone, IdempotencyMismatch, RequestInFlight.
    """
    segments = SEGMENTS[wanted.kind](wanted)
    if idempotency is not None:
        earlier = find_record(deps.messages, account, idempotency.key_hash, deps.now())
        if earlier is not None:
            return _replay(deps, account, idempotency, earlier)
    phone = _phone_for(deps, account, wanted)
    sim_slot = choose_sim(phone, wanted.sim_slot, "sim_slot")
    for _ in range(TRIES):
        message = _new_message(deps, account, wanted, phone, sim_slot, segments)
        try:
            _store(deps, message, idempotency, along(message) if along else ())
        except (ConditionFailed, MessageIdTaken, WriteConflict):
            continue
        except AlreadyRecorded as raced:
            return _replay(deps, account, idempotency, raced.record)
        return Accepted(message, phone)
    raise RequestInFlight


def _checked_segments(wanted: Submission) -> int:
    if wanted.kind is Kind.SMS and wanted.attachments:
        raise InvalidRequest.of(wanted.attachments_field, "go with an MMS only: send it as type mms")
    if not is_e164(wanted.to):
        raise InvalidRequest.of(wanted.to_field, "must be a phone number in E.164 format, for example +14155551234")
    if not 1 <= len(wanted.text) <= MAX_TEXT:
        raise InvalidRequest.of(wanted.text_field, f"must have 1 to {MAX_TEXT} characters")
    if any("\ud800" <= character <= "\udfff" for character in wanted.text):
        raise InvalidRequest.of(wanted.text_field, "has half of a surrogate pair: it is no valid Unicode text")
    segments = segments_of(wanted.text)
    if segments.count > MAX_SEGMENTS:
        raise InvalidRequest.of(
            wanted.text_field,
            f"takes {segments.count} SMS parts ({segments.encoding}); a phone sends at most {MAX_SEGMENTS}: shorten it",
        )
    return segments.count


def _checked_mms(wanted: Submission) -> int:
    """One place in the pace of its phone, whatever it carries. The text may be empty."""
    checked_attachments(wanted.attachments, wanted.attachments_field)
    if wanted.text:
        _checked_segments(wanted)
    elif not is_e164(wanted.to):
        raise InvalidRequest.of(wanted.to_field, "must be a phone number in E.164 format, for example +14155551234")
    return 1


def _no_segments(_: Submission) -> int:
    """A USSD code was checked by who took it; no part of a text leaves."""
    return 0


SEGMENTS: Mapping[Kind, Callable[[Submission], int]] = MappingProxyType(
    {Kind.SMS: _checked_segments, Kind.MMS: _checked_mms, Kind.USSD: _no_segments}
)
SHARDS: Mapping[Kind, int] = MappingProxyType({Kind.USSD: ids.USSD_SHARD})


def _phone_for(deps: Deps, account: str, wanted: Submission) -> Phone:
    if wanted.phone is None:
        phones, _ = list_phones(deps.devices, account)
        return choose_phone(phones, deps.now(), online_only=wanted.online_only, priority=wanted.priority)
    phone = get_phone(deps.devices, account, wanted.phone)
    if phone is None or phone.removed_at is not None:
        raise NotFound(f"No phone {ids.spell('phn', wanted.phone)}")
    if not phone.may_send:
        raise PhoneDisabled(f"Phone {ids.spell('phn', phone.number)} is disabled or lacks the permission to send SMS")
    return phone


def _new_message(
    deps: Deps, account: str, wanted: Submission, phone: Phone, sim_slot: int | None, segments: int
) -> Message:
    """A scheduled message is bound to a phone when it is due, unless the caller chose one."""
    now = deps.now()
    due_at = checked_send_at(wanted.send_at, now) if wanted.send_at is not None else now
    pinned = wanted.phone is not None
    at_once = S.DISPATCHING if wanted.kind is Kind.USSD else first_status(phone, wanted.priority, now)
    status = S.SCHEDULED if due_at > now else at_once
    is_bound = pinned or status is not S.SCHEDULED
    reached = [S.SCHEDULED] if status is S.SCHEDULED else [S.QUEUED, status]
    return Message(
        account=account,
        id=deps.new_message_id(SHARDS.get(wanted.kind, ids.ONLY_SHARD)),
        kind=wanted.kind,
        attachments=wanted.attachments,
        direction=Direction.OUT,
        peer=wanted.to,
        text=wanted.text if wanted.shown_as is None else wanted.shown_as,
        secret_text=None if wanted.shown_as is None else wanted.text,
        status=status,
        moves=dict.fromkeys(reached, now),
        segments=segments,
        nonce=deps.entropy(6).hex(),
        expires_at=due_at + wanted.lifetime,
        due_at=due_at,
        phone=phone.number if is_bound else None,
        sim_slot=sim_slot if is_bound else None,
        pinned=pinned,
        priority=wanted.priority,
        retry_unknown=wanted.retry_unknown,
    )


def checked_send_at(send_at: int, now: int) -> int:
    """A time that has just passed means now. Raises InvalidRequest for one long past or more than a year ahead."""
    if send_at < now - MINUTE:
        raise InvalidRequest.of("send_at", "lies in the past")
    if send_at > now + LATEST_SCHEDULE:
        raise InvalidRequest.of("send_at", "lies more than a year ahead")
    return max(send_at, now)


def _store(deps: Deps, message: Message, idempotency: Idempotency | None, others: Sequence[Write]) -> None:
    if idempotency is not None:
        now = deps.now()
        record = idempotency_record(message.account, idempotency.key_hash, idempotency.fingerprint, now)
        put_message_once(deps.messages, message, record, now, *others)
    elif others:
        commit(deps.messages, message_write(deps.messages, message), *others)
    else:
        _put_once(deps, message)


def _put_once(deps: Deps, message: Message) -> None:
    """The SDK repeats a write whose answer was lost, and its repeat finds our own message: that is success."""
    try:
        put_new_message(deps.messages, message)
    except ConditionFailed as failure:
        if failure.item is None or from_item(failure.item).nonce != message.nonce:
            raise


def _replay(deps: Deps, account: str, idempotency: Idempotency | None, record: Item) -> Accepted:
    """The answer is always derived from the message, so a repeat that finds no free phone today still gets it."""
    if idempotency is None or record["fingerprint"] != idempotency.fingerprint:
        raise IdempotencyMismatch
    message = get_message(deps.messages, account, record["message_id"], consistent=True)
    phone = get_phone(deps.devices, account, message.phone) if message and message.phone else None
    if message is None:
        raise NotFound("The message of this Idempotency-Key is gone")
    return Accepted(as_accepted(message), phone, replayed=True)
