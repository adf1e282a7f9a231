"""The messages of a conversation, the newest first, from where each kind of them is found by its other party."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, Key

from roost.domain import ids
from roost.domain.batches import is_of_batch
from roost.domain.conversations import Conversation, peer_of
from roost.domain.instants import DAY, day_of
from roost.domain.messages import Direction, Message
from roost.storage.messages import conversation_key, from_item, get_message, key_of
from roost.storage.pages import all_items, items_of
from roost.storage.recipients import SPREADS, batch_messages_to

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PAGE = 100
DAYS_LOOKED_BACK = 7
MOST_PAGES = 8
"""A page is a megabyte, some 2,000 messages: 1,000 read units at most, once for each party that answers."""

MOST_EARLIER = 50


def messages_below(table: Table, conversation: Conversation, below: int, limit: int) -> list[Message]:
    """Up to `limit` messages with ids below `below`, the newest first. The index may be a moment late; each
    message is read as it stands."""
    wanted = ids_below(table, conversation, below)
    found: list[Message] = []
    while len(found) < limit and (some := list(islice(wanted, limit))):
        found += [message for message in _messages(table, conversation.account, some) if _is_of(conversation, message)]
    return found[:limit]


def ids_below(table: Table, conversation: Conversation, below: int) -> Iterator[int]:
    """Each id once. Some of batches may be those of another number: the message tells."""
    account, peer = conversation.account, conversation.peer
    sources: list[Iterable[int]] = [batch_messages_to(table, account, peer, below, spread) for spread in SPREADS]
    sources.append(sorted((earlier for earlier in conversation.earlier if earlier < below), reverse=True))
    sources.append(_indexed(table, account, peer, below))
    last = below
    for message_id in merge(*sources, reverse=True):
        if message_id != last:
            yield message_id
        last = message_id


def sent_before(table: Table, account: str, number: str, now: int) -> tuple[int, ...]:
    """Messages that were sent to a number one by one within the last week: without a conversation they have no place in
    its index. The newest MOST_EARLIER of them, as far as MOST_PAGES pages reach."""
    found: list[int] = []
    pages = 0
    for days_ago in range(DAYS_LOOKED_BACK + 1):
        query = {
            "KeyConditionExpression": Key("pk").eq(f"A#{account}#{day_of(now - days_ago * DAY)}#{ids.ONLY_SHARD}"),
            "FilterExpression": Attr("peer").eq(number) & Attr("direction").eq(Direction.OUT),
            "ScanIndexForward": False,
        }
        while pages < MOST_PAGES and len(found) < MOST_EARLIER:
            answer = table.query(**query)  # type: ignore[arg-type]
            pages += 1
            found += [int(str(item["id"])) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                break
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
    return tuple(found[:MOST_EARLIER])


def _indexed(table: Table, account: str, peer: str, below: int) -> Iterator[int]:
    condition = Key("conv_pk").eq(conversation_key(account, peer)) & Key("conv_sk").lt(f"{below:016d}")
    found = all_items(table, IndexName="conv", KeyConditionExpression=condition, ScanIndexForward=False, Limit=PAGE)
    return (int(item["conv_sk"]) for item in found)


def _messages(table: Table, account: str, message_ids: list[int]) -> Iterator[Message]:
    keys = (key_of(account, message_id) for message_id in message_ids)
    written = {message.id: message for message in map(from_item, items_of(table, keys, consistent=True))}
    for message_id in message_ids:
        message = written.get(message_id)
        if message is None and is_of_batch(message_id):
            message = get_message(table, account, message_id, consistent=True)
        if message is not None:
            yield message


def _is_of(conversation: Conversation, message: Message) -> bool:
    return peer_of(message.peer) == conversation.peer
