"""Queues: what waits for a phone, for any phone, or for a minute; one index, in the order in which it should leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.batches import PULLED, Lane, LaneStatus
from roost.domain.instants import minute_of
from roost.domain.messages import CLAIMABLE, Message, MessageStatus, Priority
from roost.storage.items import Item
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of a queue: enough to choose by, without reading the message. `lane`: it is that lane of the batch
    `message_id`, with `lane_count` messages when it was accepted, and `segments` says nothing. `campaign`: of a message
    that came back of one."""

    priority: Priority
    due_at: int
    message_id: int
    segments: int
    expires_at: int
    sim_slot: int | None
    lane: int | None = None
    lane_count: int = 0
    campaign: int | None = None

    @property
    def rank(self) -> tuple[int, int, bool, int]:
        """The most urgent first, then the earliest due, then the oldest; a lane behind what came back of it."""
        return -self.priority, self.due_at, self.lane is not None, self.message_id


def everything(_: Waiting) -> bool:
    return True


def waiting_for(
    table: Table, account: str, phone: int, limit: int, wanted: Callable[[Waiting], bool] = everything
) -> list[Waiting]:
    """What waits for a phone, the most urgent first, then the earliest due. What is not `wanted` hides nothing behind
    it."""
    return _queue(table, phone_queue(account, phone), limit, wanted)


def waiting_for_any(table: Table, account: str, limit: int) -> list[Waiting]:
    """The lanes from which every phone of the account may pull."""
    return _queue(table, pool_queue(account), limit)


def scheduled_for(table: Table, account: str, minute: str, limit: int) -> list[Waiting]:
    """What an account scheduled for the minute `yyyymmddhhmm`."""
    return _queue(table, schedule_queue(account, minute), limit)


def _queue(table: Table, queue: str, limit: int, wanted: Callable[[Waiting], bool] = everything) -> list[Waiting]:
    items = all_items(table, IndexName="queue", KeyConditionExpression=Key("queue_pk").eq(queue), Limit=limit)
    entries = (_waiting(str(item["queue_sk"])) for item in items)
    return list(islice(filter(wanted, entries), limit))


def queue_keys_of_message(message: Message) -> Item:
    """Nowhere once a phone holds it or it is final."""
    queue = None
    if message.status is MessageStatus.SCHEDULED:
        queue = schedule_queue(message.account, minute_of(message.due_at))
    elif message.status in CLAIMABLE and message.phone is not None:
        queue = phone_queue(message.account, message.phone)
    if queue is None:
        return {}
    slot = "" if message.sim_slot is None else message.sim_slot
    place = _place(message.priority, message.due_at, message.id)
    of_campaign = "" if message.campaign is None else f"_{message.campaign}"
    return {"queue_pk": queue, "queue_sk": f"{place}#{message.segments}{of_campaign}#{message.expires_at}#{slot}"}


def queue_keys_of_lane(lane: Lane) -> Item:
    """Nowhere once all of it is handed out or it was closed."""
    queue = None
    if lane.status is LaneStatus.SCHEDULED:
        queue = schedule_queue(lane.account, minute_of(lane.due_at))
    elif lane.status in PULLED:
        queue = pool_queue(lane.account) if lane.phone is None else phone_queue(lane.account, lane.phone)
    if queue is None:
        return {}
    slot = "" if lane.sim_slot is None else lane.sim_slot
    place = _place(lane.priority, lane.due_at, lane.base)
    return {"queue_pk": queue, "queue_sk": f"{place}#0#{lane.leaves_until}#{slot}#{lane.number}#{lane.count}"}


def _place(priority: Priority, due_at: int, number: int) -> str:
    """What a queue is ordered by; behind it stands what a claim must know without reading the message."""
    return f"{Priority.URGENT - priority}#{due_at:013d}#{number:016d}"


def _waiting(place: str) -> Waiting:
    rank, due, number, size, expires, slot, *more = place.split("#")
    lane, count = [*more, "", ""][:2]
    # To readers of before, which take no further part, `1_7` is a number, too: 17 segments.
    segments, _, campaign = size.partition("_")
    return Waiting(
        priority=Priority(Priority.URGENT - int(rank)),
        due_at=int(due),
        message_id=int(number),
        segments=int(segments),
        expires_at=int(expires),
        sim_slot=int(slot) if slot else None,
        lane=int(lane) if lane else None,
        lane_count=int(count) if count else 0,  # 0: accepted before the count stood here
        campaign=int(campaign) if campaign else None,
    )


def phone_queue(account: str, phone: int) -> str:
    return f"A#{account}#P#{phone}"


def pool_queue(account: str) -> str:
    return f"A#{account}#B"


def schedule_queue(account: str, minute: str) -> str:
    return f"A#{account}#S#{minute}"
