"""Batches as they are read: chunks of recipients beside the messages they become, lanes under the batch's own key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.batches import CHUNK_SERIAL, CHUNK_SIZE, Chunk, Lane, LaneStatus, id_at, is_of_batch, unwritten
from roost.domain.instants import DAY
from roost.domain.messages import Message, Priority
from roost.domain.money import Charge
from roost.domain.segments import MMS_SEGMENTS, segments_of
from roost.storage.conditional import ConditionFailed, conditionally, telling_throttling
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items
from roost.storage.queues import queue_keys_of_lane

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP_CHUNK = 30 * DAY
"""Counted from the deadline: long after each of its messages is an item. Chunks nobody committed go the same way."""

PUTS_AT_ONCE = 25
"""What one BatchWriteItem takes."""


def message_key(account: str, message_id: int) -> dict[str, str]:
    day, shard = ids.day_and_shard(message_id)
    return {"pk": f"A#{account}#{day}#{shard}", "sk": f"{message_id:016d}"}


def lane_key(account: str, base: int, number: int) -> dict[str, str]:
    return {"pk": f"A#{account}#B#{base:016d}", "sk": f"lane#{number:04d}"}


def slots_key(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}#B", "sk": "slots"}


def reserve_milliseconds(table: Table, account: str, now: int, count: int) -> int:
    """The first of `count` milliseconds that no other batch of the account has or will have. Raises ConditionFailed
    when another batch was faster twice."""
    try:
        return _reserve(table, account, now, count, "attribute_not_exists(next_free) OR next_free <= :start")
    except ConditionFailed as failure:
        taken_until = failure.item["next_free"] if failure.item else now
        return _reserve(table, account, max(now, taken_until), count, "next_free <= :start")


def _reserve(table: Table, account: str, start: int, count: int, condition: str) -> int:
    conditionally(
        table.update_item,
        Key=slots_key(account),
        UpdateExpression="SET next_free = :end",
        ConditionExpression=condition,
        ExpressionAttributeValues={":start": start, ":end": start + count},
    )
    return start


def has_batches(table: Table, account: str) -> bool:
    """Whether it ever sent one: who never did pays for no look at their shard."""
    return "Item" in table.get_item(Key=slots_key(account))


def put_chunks(table: Table, chunks: Iterable[Chunk], expires_at: int) -> None:
    """Nobody sees them before their lanes are written. What a full table does not take at once is put one by one, where
    the SDK waits between its tries. Raises Throttled when they were in vain."""
    ttl = (expires_at + KEEP_CHUNK) // 1_000
    remaining = iter(chunks)
    while some := list(islice(remaining, PUTS_AT_ONCE)):
        requests: Any = [{"PutRequest": {"Item": _chunk_item(chunk, ttl)}} for chunk in some]
        with telling_throttling():
            answer = table.meta.client.batch_write_item(RequestItems={table.name: requests})
            for request in answer.get("UnprocessedItems", {}).get(table.name, ()):
                table.put_item(Item=request["PutRequest"]["Item"])


def lanes_of(table: Table, account: str, base: int, *, consistent: bool = True) -> list[Lane]:
    """All lanes of a batch by number; none of a batch that was never committed."""
    key = Key("pk").eq(lane_key(account, base, 0)["pk"]) & Key("sk").begins_with("lane#")
    return [lane_of(item) for item in all_items(table, KeyConditionExpression=key, ConsistentRead=consistent)]


def get_lane(table: Table, account: str, base: int, number: int) -> Lane | None:
    answer = table.get_item(Key=lane_key(account, base, number), ConsistentRead=True)
    return lane_of(native(answer["Item"])) if "Item" in answer else None


def get_chunk(table: Table, account: str, message_id: int) -> Chunk | None:
    """The chunk that a message of a batch came in."""
    answer = table.get_item(Key=message_key(account, message_id | CHUNK_SERIAL), ConsistentRead=True)
    return chunk_of(native(answer["Item"])) if "Item" in answer else None


def chunks_of(table: Table, account: str, base: int, count: int) -> Iterator[Chunk]:
    """The chunks of a batch of `count` messages, in order."""
    found = (get_chunk(table, account, id_at(base, index)) for index in range(0, count, CHUNK_SIZE))
    return (chunk for chunk in found if chunk is not None)


def get_unwritten(table: Table, account: str, message_id: int) -> Message | None:
    """A message of a batch from its chunk and lane, for when it is no item of its own."""
    chunk = get_chunk(table, account, message_id) if is_of_batch(message_id) else None
    place = ids.serial_of(message_id)
    if chunk is None or place >= len(chunk.peers):
        return None
    lane = get_lane(table, account, chunk.base, chunk.lanes[place])
    return message_from(chunk, lane, place) if lane else None


def messages_of_lane(table: Table, lane: Lane, first: int, most: int) -> Iterator[Message]:
    """At most `most` messages from place `first` of a lane, as none of them were an item. A chunk is read once."""
    chunk: Chunk | None = None
    for place in range(first, min(first + most, lane.count)):
        message_id = id_at(lane.base, lane.index_at(place))
        if chunk is None or message_id > chunk.first | CHUNK_SERIAL:
            chunk = get_chunk(table, lane.account, message_id)
        if chunk is None:  # going on behind a gap would move the cursor over messages nobody got
            return
        yield message_from(chunk, lane, ids.serial_of(message_id))


def message_from(chunk: Chunk, lane: Lane, place: int) -> Message:
    text = chunk.texts[place] if chunk.texts else lane.text or ""
    price = chunk.prices[place] if chunk.prices else 0
    media = chunk.media[place] if chunk.media else None
    segments = segments_of(text).count if media is None else MMS_SEGMENTS
    return unwritten(lane, chunk.first + place, chunk.peers[place], text, segments, price, media)


def _chunk_item(chunk: Chunk, ttl: int) -> Item:
    columns = ("peers", "lanes", "texts", "prices", "media")
    listed = {name: list(getattr(chunk, name)) for name in columns}
    key = message_key(chunk.account, chunk.first | CHUNK_SERIAL)
    return compact({**key, "base": chunk.base, "account": chunk.account, **listed, "ttl": ttl})


def chunk_of(item: Item) -> Chunk:
    return Chunk(
        account=item["account"],
        base=item["base"],
        first=int(item["sk"]) & ~CHUNK_SERIAL,
        peers=tuple(item["peers"]),
        lanes=tuple(item["lanes"]),
        texts=tuple(item.get("texts", ())),
        prices=tuple(item.get("prices", ())),
        media=tuple(None if urls is None else tuple(urls) for urls in item.get("media", ())),
    )


def lane_item(lane: Lane) -> Item:
    told = {**asdict(lane), "zones": list(lane.zones)}
    return compact({**lane_key(lane.account, lane.base, lane.number), **told, **queue_keys_of_lane(lane)})


def lane_of(item: Item) -> Lane:
    known = {name: item[name] for name in Lane.__dataclass_fields__ if name in item}
    known |= {"status": LaneStatus(item["status"]), "priority": Priority(item["priority"])}
    known["zones"] = tuple(item.get("zones", ()))
    if "rates" in item:
        known["rates"] = Charge(**item["rates"])
    return Lane(**known)
