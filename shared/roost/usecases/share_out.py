"""Which sender sends which messages of a batch: the lanes that share it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.domain.batches import MAX_LANES, Lane, LaneStatus
from roost.domain.errors import InvalidRequest, NoEligiblePhone, PhoneDisabled
from roost.domain.messages import DEFAULT_LIFETIME, Kind, Priority
from roost.domain.selections import ANYBODY, Line, Selection, resolve
from roost.runtime.deps import Deps
from roost.storage.phones import list_phones
from roost.usecases.check_contents import checked_send_at


@dataclass(frozen=True, slots=True)
class BatchItem:
    """`sender` None: any phone. Only used when there is no selection and at least one item has a sender."""

    to: str
    text: str
    sender: Line | None = None
    kind: Kind = Kind.SMS
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchSubmission:
    """What a caller wants sent. `shared_text`: every item has the same one, which is then stored once.

    `to_field`, `text_field`: how the caller wrote an item's members; `{index}` is its place in the request.
    `skip_opted_out`: leave out who answered STOP; otherwise they refuse the request.
    """

    items: Sequence[BatchItem]
    shared_text: bool = False
    selection: Selection = ANYBODY
    priority: Priority = Priority.BULK
    lifetime: int = DEFAULT_LIFETIME
    send_at: int | None = None
    retry_unknown: bool = False
    skip_opted_out: bool = False
    to_field: str = "messages.{index}.to"
    text_field: str = "messages.{index}.body"
    attachments_field: str = "messages.{index}.attachments"


def side_by_side(items: Sequence[BatchItem]) -> Sequence[BatchItem]:
    """Items with senders of their own, sender by sender: a lane holds places that follow from one another."""
    places = {sender: place for place, sender in enumerate(dict.fromkeys(item.sender for item in items))}
    return sorted(items, key=lambda item: places[item.sender])


def new_lanes(deps: Deps, account: str, wanted: BatchSubmission) -> list[Lane]:
    """The lanes that share the items out, not yet named by their batch. Raises what `resolve` raises."""
    phones, _ = list_phones(deps.devices, account)
    own = [item.sender for item in wanted.items]
    if any(own):
        chosen = tuple(dict.fromkeys(sender for sender in own if sender is not None))
        if set(resolve(Selection(chosen), phones, 0)) != set(chosen):
            raise PhoneDisabled("A phone that you chose for some of these messages is disabled or may not send SMS")
        shares = [(sender, own.index(sender), 1, own.count(sender)) for sender in dict.fromkeys(own)]
    else:
        dice = int.from_bytes(deps.entropy(4), "big")
        senders = (resolve(wanted.selection, phones, dice) or (None,))[: len(own)]
        step = len(senders)
        shares = [(sender, at, step, -(-(len(own) - at) // step)) for at, sender in enumerate(senders)]
    if len(shares) > MAX_LANES:
        raise InvalidRequest.of("messages", f"have {len(shares)} senders: one request is split over {MAX_LANES}")
    if any(sender is None for sender, *_ in shares) and not any(phone.may_send for phone in phones):
        raise NoEligiblePhone
    return [_lane(deps, account, wanted, number, share) for number, share in enumerate(shares)]


def _lane(
    deps: Deps, account: str, wanted: BatchSubmission, number: int, share: tuple[Line | None, int, int, int]
) -> Lane:
    sender, start, step, count = share
    now = deps.now()
    due_at = checked_send_at(wanted.send_at, now) if wanted.send_at is not None else now
    return Lane(
        account=account,
        base=0,
        number=number,
        start=start,
        step=step,
        count=count,
        status=LaneStatus.SCHEDULED if due_at > now else LaneStatus.DISPATCHING,
        priority=wanted.priority,
        accepted_at=now,
        due_at=due_at,
        expires_at=due_at + wanted.lifetime,
        text=wanted.items[0].text if wanted.shared_text else None,
        phone=sender.phone if sender else None,
        sim_slot=sender.sim_slot if sender else None,
        retry_unknown=wanted.retry_unknown,
    )
