"""Messages of an account newest first: those that came alone and those of batches, items or not, as one row."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.batches import BATCH_SHARD, CHUNK_SERIAL, Chunk, Lane
from roost.domain.instants import DAY, day_of
from roost.domain.messages import Message
from roost.storage.batches import chunk_of, has_batches, lanes_of, message_from
from roost.storage.items import Item
from roost.storage.messages import from_item
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PAGE = 100


def newest_first(table: Table, account: str, below: int, lowest: int) -> Iterator[Message]:
    """All messages of an account with lowest <= id < below, newest first."""
    alone = (from_item(item) for item in _items(table, account, ids.ONLY_SHARD, below - 1, lowest))
    if not has_batches(table, account):
        return alone
    return merge(alone, batches_newest_first(table, account, below, lowest), key=lambda message: -message.id)


def batches_newest_first(table: Table, account: str, below: int, lowest: int) -> Iterator[Message]:
    """Those of batches only. A chunk comes before the items its messages became; who has none is made from it."""
    lanes = Lanes(table, account)
    chunk, place = None, -1
    for item in _items(table, account, BATCH_SHARD, (below - 1) | CHUNK_SERIAL, lowest):
        if "peers" in item:
            yield from _between(lanes, chunk, place, below, lowest)
            chunk = chunk_of(item)
            place = len(chunk.peers) - 1
            continue
        message = from_item(item)
        if chunk is not None and chunk.first <= message.id <= chunk.first + place:
            own = message.id - chunk.first
            yield from _between(lanes, chunk, place, below, max(lowest, message.id + 1))
            place = own - 1
        if lowest <= message.id < below:
            yield message
    yield from _between(lanes, chunk, place, below, lowest)


class Lanes:
    """The lanes of batches, each batch read once for a walk."""

    def __init__(self, table: Table, account: str) -> None:
        self._table, self._account = table, account
        self._known: dict[int, dict[int, Lane]] = {}

    def lane_of(self, chunk: Chunk, place: int) -> Lane | None:
        """None for a batch that was never committed: its chunks are nobody's messages."""
        if chunk.base not in self._known:
            found = lanes_of(self._table, self._account, chunk.base)
            self._known[chunk.base] = {lane.number: lane for lane in found}
        return self._known[chunk.base].get(chunk.lanes[place])


def _between(lanes: Lanes, chunk: Chunk | None, place: int, below: int, lowest: int) -> Iterator[Message]:
    """The messages of a chunk from `place` downwards, within the bounds."""
    if chunk is None:
        return
    while place >= 0 and chunk.first + place >= lowest:
        lane = lanes.lane_of(chunk, place) if chunk.first + place < below else None
        if lane is not None:
            yield message_from(chunk, lane, place)
        place -= 1


def _items(table: Table, account: str, shard: int, highest: int, lowest: int) -> Iterator[Item]:
    instant = ids.created_at(highest)
    while highest >= lowest and day_of(instant) >= day_of(ids.created_at(lowest)):
        within = Key("pk").eq(f"A#{account}#{day_of(instant)}#{shard}") & Key("sk").between(
            f"{lowest:016d}", f"{highest:016d}"
        )
        yield from all_items(table, KeyConditionExpression=within, ScanIndexForward=False, Limit=PAGE)
        instant -= DAY
