"""Accept one message: choose its phone, write it, once. The stream of the table does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from roost.domain import ids
from roost.domain.errors import (
    IdempotencyMismatch,
    NotFound,
    PhoneDisabled,
    RequestInFlight,
    TryLater,
)
from roost.domain.messages import (
    Direction,
    Kind,
    Message,
    MessageStatus,
    as_accepted,
)
from roost.domain.money import ONE_REQUEST, Cost
from roost.domain.phones import Phone, choose_sim
from roost.domain.plans import Feature
from roost.domain.routing import first_status
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.runtime.log import concerns
from roost.storage.conditional import ConditionFailed
from roost.storage.items import Item
from roost.storage.messages import from_item, get_message, put_new_message
from roost.storage.phones import get_phone
from roost.storage.transactions import (
    AlreadyRecorded,
    Changed,
    MessageIdTaken,
    Write,
    WriteConflict,
    commit,
    find_record,
    idempotency_record,
    message_write,
    record_write,
)
from roost.usecases.admit import admit
from roost.usecases.check_contents import check_recipient, checked_send_at, segments_of_contents
from roost.usecases.find_phone import find_phone
from roost.usecases.prices import price_of
from roost.usecases.standing import Standing, standing_with
from roost.usecases.submission import Accepted, Idempotency, Submission

S = MessageStatus
TRIES = 30
"""Of one request among many that count against one limit at the same moment; some seconds with their pauses."""

SHARDS: Mapping[Kind, int] = MappingProxyType({Kind.USSD: ids.USSD_SHARD})
FEATURES: Mapping[Kind, Feature] = MappingProxyType({Kind.MMS: Feature.MMS, Kind.USSD: Feature.USSD})
"""What a plan may lack."""

Along = Callable[[Message], Sequence[Write]]


def send_message(
    deps: Deps,
    sender: Sender,
    wanted: Submission,
    idempotency: Idempotency | None = None,
    along: Along | None = None,
) -> Accepted:
    """`along`: what is written with the message or not at all; what it raises comes through.

    Raises InvalidRequest, RecipientOptedOut, NotFound, PhoneDisabled, NoEligiblePhone, IdempotencyMismatch, what
    `admit` raises, RequestInFlight, and TryLater. A request that is refused leaves nothing: no message, no charge, no
    counter.
    """
    account = sender.account
    segments = _segments_of(wanted)
    if idempotency is not None:
        earlier = find_record(deps.messages, account, idempotency.key_hash, deps.now())
        if earlier is not None:
            return _replay(deps, account, idempotency, earlier)
    standing = _standing(deps, account, wanted)
    cost = _cost_of(deps, account, wanted)
    phone = _phone_for(deps, account, wanted, standing.phone)
    sim_slot = choose_sim(phone, wanted.sim_slot, "sim_slot")
    for tries in range(TRIES):
        message = _new_message(deps, account, wanted, phone, sim_slot, segments)
        admission = admit(deps, sender, cost, message.id, FEATURES.get(wanted.kind))
        message = replace(
            message,
            price=cost.price.micro_usd,
            charge=admission.charge_of(cost.price),
            in_conversation=wanted.in_conversation or standing.has_talked,
        )
        try:
            _store(deps, message, idempotency, [*admission.writes, *(along(message) if along else ())])
        except (ConditionFailed, MessageIdTaken):
            continue
        except (Changed, WriteConflict):
            deps.back_off(tries)
            continue
        except AlreadyRecorded as raced:
            return _replay(deps, account, idempotency, raced.record)
        concerns(message.id)
        return Accepted(message, phone, quotas=admission.quotas)
    raise RequestInFlight if idempotency else TryLater


def _standing(deps: Deps, account: str, wanted: Submission) -> Standing:
    """A USSD code has no recipient. Raises RecipientOptedOut."""
    if wanted.kind is Kind.USSD:
        return Standing()
    standing = standing_with(deps, account, wanted.to)
    if not wanted.despite_opt_out:
        standing.check()
    return standing


def _cost_of(deps: Deps, account: str, wanted: Submission) -> Cost:
    """A USSD code asks the network something: it is a request, and no message to anybody."""
    if wanted.kind is Kind.USSD:
        return ONE_REQUEST
    return Cost(1, wanted.price or price_of(deps, account, wanted.to, wanted.to_field))


def _segments_of(wanted: Submission) -> int:
    """A USSD code was checked by who took it; no part of a text leaves."""
    if wanted.kind is Kind.USSD:
        return 0
    check_recipient(wanted.to, wanted.to_field)
    return segments_of_contents(
        wanted.kind, wanted.text, wanted.attachments, wanted.text_field, wanted.attachments_field
    )


def _phone_for(deps: Deps, account: str, wanted: Submission, familiar: int | None) -> Phone:
    if wanted.phone is None:
        return find_phone(deps, account, wanted.priority, online_only=wanted.online_only, familiar=familiar)
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
        sender_id=wanted.sender_id,
        reassign_after=wanted.reassign_after,
        despite_opt_out=wanted.despite_opt_out,
    )


def _store(deps: Deps, message: Message, idempotency: Idempotency | None, others: Sequence[Write]) -> None:
    """One plain write if nothing else must happen with it: a transaction costs twice as much."""
    if idempotency is None and not others:
        _put_once(deps, message)
        return
    writes = [message_write(deps.messages, message), *others]
    if idempotency is not None:
        now = deps.now()
        record = idempotency_record(
            message.account, idempotency.key_hash, idempotency.fingerprint, now, idempotency.keep
        )
        # First: a repeat is told from a request that is one too many.
        writes.insert(0, record_write(deps.messages, message.id, record, now))
    commit(deps.messages, *writes)


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
