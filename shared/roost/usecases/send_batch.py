"""Accept many messages in one request: all of them or none, written in chunks, bound to phones as late as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from roost.domain import ids
from roost.domain.batches import (
    BATCH_SHARD,
    CHUNK_SIZE,
    MAX_BATCH,
    Chunk,
    Lane,
    as_it_began,
    id_at,
)
from roost.domain.errors import (
    IdempotencyMismatch,
    InvalidRequest,
    NotFound,
    RecipientOptedOut,
    TooLarge,
    TryLater,
)
from roost.domain.messages import Kind, Message
from roost.domain.money import FREE, Cost, Price
from roost.domain.plans import Feature
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.batches import chunks_of, lanes_of, message_from, put_chunks, reserve_milliseconds
from roost.storage.conditional import ConditionFailed, Throttled
from roost.storage.items import Item
from roost.storage.lanes import LaneExists, new_lane_write
from roost.storage.opt_outs import opted_out_among
from roost.storage.recipients import put_recipients
from roost.storage.transactions import (
    AlreadyRecorded,
    Changed,
    Write,
    WriteConflict,
    commit,
    find_record,
    idempotency_record,
    record_write,
)
from roost.usecases.admit import admit
from roost.usecases.check_contents import check_recipient, segments_of_contents
from roost.usecases.prices import prices_of
from roost.usecases.share_out import BatchItem, BatchSubmission, new_lanes, side_by_side
from roost.usecases.submission import Idempotency

TRIES = 30
ONE_OF_EACH = Price(1, 1)
"""What is taken of this is taken of each credit and of each micro-USD of any price."""


@dataclass(frozen=True, slots=True)
class AcceptedBatch:
    """`messages` in the order of the request, as they were when they were accepted; items with senders of their own
    stand together sender by sender."""

    group: int
    messages: tuple[Message, ...]
    replayed: bool = False


def send_batch(
    deps: Deps, sender: Sender, wanted: BatchSubmission, idempotency: Idempotency | None = None
) -> AcceptedBatch:
    """Raises InvalidRequest naming the bad item, RecipientOptedOut, TooLarge, NotFound, PhoneDisabled, NoEligiblePhone,
    IdempotencyMismatch, what `admit` raises, and TryLater. Then nothing was accepted, charged or counted: chunks
    without lanes are nobody's."""
    _check(wanted)
    account = sender.account
    earlier = replayed_batch(deps, account, idempotency)
    if earlier is not None:
        return earlier
    wanted = replace(wanted, items=side_by_side(_reachable(deps, account, wanted)))
    lanes = new_lanes(deps, account, wanted)
    try:
        return accept_batch(deps, sender, wanted, lanes, idempotency)
    except AlreadyRecorded as raced:
        return _replay(deps, account, idempotency, raced.record)
    except (ConditionFailed, Throttled, WriteConflict):
        raise TryLater from None


def replayed_batch(deps: Deps, account: str, idempotency: Idempotency | None) -> AcceptedBatch | None:
    """The answer to an earlier request with this key, if there was one. Raises IdempotencyMismatch."""
    record = find_record(deps.messages, account, idempotency.key_hash, deps.now()) if idempotency else None
    return _replay(deps, account, idempotency, record) if record is not None else None


def _check(wanted: BatchSubmission) -> None:
    """The first bad item refuses them all."""
    if not wanted.items:
        raise InvalidRequest.of("messages", "are none: name at least one recipient")
    if len(wanted.items) > MAX_BATCH:
        raise TooLarge(f"At most {MAX_BATCH:,} messages go in one request (and 6 MB): send the rest in another")
    good: set[tuple[Kind, str, tuple[str, ...]]] = set()
    for index, item in enumerate(wanted.items):
        check_recipient(item.to, wanted.to_field.format(index=index))
        contents = (item.kind, item.text, item.attachments)
        if contents not in good:
            fields = (wanted.text_field.format(index=index), wanted.attachments_field.format(index=index))
            segments_of_contents(*contents, *fields)
            good.add(contents)


def _reachable(deps: Deps, account: str, wanted: BatchSubmission) -> Sequence[BatchItem]:
    """Who answered STOP gets nothing: they are left out, or refuse the request by their first place in it."""
    numbers = dict.fromkeys(item.to for item in wanted.items)
    opted_out = opted_out_among(deps.contacts, account, numbers)
    if not opted_out:
        return wanted.items
    reachable = [item for item in wanted.items if item.to not in opted_out]
    if wanted.skip_opted_out and reachable:
        return reachable
    first = next(index for index, item in enumerate(wanted.items) if item.to in opted_out)
    raise RecipientOptedOut(
        f"{wanted.to_field.format(index=first)}: answered STOP and gets nothing until it answers START"
    )


def accept_batch(
    deps: Deps,
    sender: Sender,
    wanted: BatchSubmission,
    lanes: list[Lane],
    idempotency: Idempotency | None = None,
    with_it: Callable[[int], Sequence[Write]] = lambda _: (),
) -> AcceptedBatch:
    """The chunks first, then one transaction that makes them a batch: what was checked before, shared out in `lanes`.

    `with_it`: what is written with the batch of this id or not at all. Raises what those writes raise, what `admit` and
    `prices_of` raise, ConditionFailed, Throttled, WriteConflict and TryLater; then there is no batch.
    """
    account, now, count = lanes[0].account, deps.now(), len(wanted.items)
    first = reserve_milliseconds(deps.messages, account, now, -(-count // CHUNK_SIZE))
    base = ids.message_id(first, 0, BATCH_SHARD)
    prices = prices_of(deps, account, (item.to for item in wanted.items), wanted.to_field)
    cost = Cost(count, sum(prices, FREE))
    feature = Feature.MMS if any(item.kind is Kind.MMS for item in wanted.items) else None
    admit(deps, sender, cost, base, feature)  # nothing is written for who may not send
    lane_at = {lane.index_at(place): lane for lane in lanes for place in range(lane.count)}
    put_chunks(deps.messages, _chunks(wanted, lane_at, base, prices), lanes[0].expires_at)
    put_recipients(deps.messages, account, base, [item.to for item in wanted.items], lanes[0].expires_at)
    record: list[Write] = []
    if idempotency is not None:
        kept = idempotency_record(account, idempotency.key_hash, idempotency.fingerprint, now)
        record = [record_write(deps.messages, base, kept, now)]
    made = _commit(deps, sender, cost, [replace(lane, base=base) for lane in lanes], record, with_it(base))
    chunks = _chunks(wanted, lane_at, base, prices)
    messages = tuple(
        message_from(chunk, made[number], place) for chunk in chunks for place, number in enumerate(chunk.lanes)
    )
    return AcceptedBatch(base, messages)


def _commit(
    deps: Deps, sender: Sender, cost: Cost, lanes: list[Lane], record: list[Write], others: Sequence[Write]
) -> list[Lane]:
    """The lanes as they were written, with what each message was charged. Admitted anew while others count, too."""
    for tries in range(TRIES):
        admission = admit(deps, sender, cost, lanes[0].base)
        charged = [replace(lane, rates=admission.charge_of(ONE_OF_EACH)) for lane in lanes]
        try:
            made = (new_lane_write(deps.messages, lane) for lane in charged)
            commit(deps.messages, *record, *made, *admission.writes, *others)
        except LaneExists:  # nobody else writes under an id we reserved: an earlier try went through
            return charged
        except (Changed, WriteConflict):
            deps.back_off(tries)
            continue
        return charged
    raise TryLater


def _chunks(wanted: BatchSubmission, lane_at: dict[int, Lane], base: int, prices: Sequence[Price]) -> Iterator[Chunk]:
    has_media = any(item.kind is Kind.MMS for item in wanted.items)
    for start in range(0, len(wanted.items), CHUNK_SIZE):
        items = wanted.items[start : start + CHUNK_SIZE]
        yield Chunk(
            account=lane_at[0].account,
            base=base,
            first=id_at(base, start),
            peers=tuple(item.to for item in items),
            lanes=tuple(lane_at[start + offset].number for offset in range(len(items))),
            texts=() if wanted.shared_text else tuple(item.text for item in items),
            media=tuple(_media(item) for item in items) if has_media else (),
            prices=tuple(price.micro_usd for price in prices[start : start + CHUNK_SIZE]),
        )


def _media(item: BatchItem) -> tuple[str, ...] | None:
    return item.attachments if item.kind is Kind.MMS else None


def _replay(deps: Deps, account: str, idempotency: Idempotency | None, record: Item) -> AcceptedBatch:
    """The answer is derived from what was stored, as it was then."""
    if idempotency is None or record["fingerprint"] != idempotency.fingerprint:
        raise IdempotencyMismatch
    base = int(record["message_id"])
    lanes = [as_it_began(lane) for lane in lanes_of(deps.messages, account, base)]
    if not lanes:
        raise NotFound("The batch of this Idempotency-Key is gone")
    chunks = chunks_of(deps.messages, account, base, sum(lane.count for lane in lanes))
    messages = (
        message_from(chunk, lanes[number], place) for chunk in chunks for place, number in enumerate(chunk.lanes)
    )
    return AcceptedBatch(base, tuple(messages), replayed=True)
