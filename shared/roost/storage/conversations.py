"""Conversations: one item each under the other party; an index lists those of one status, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from heapq import merge
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.conversations import Conversation, ConversationStatus, Intent, Preview
from roost.domain.messages import Direction
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items, items_of
from roost.storage.transactions import Changed, Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PAGE = 100


def key_of(account: str, peer: str) -> dict[str, str]:
    return {"pk": f"A#{account}#T#{peer}", "sk": "conversation"}


def get_conversation(table: Table, account: str, peer: str) -> Conversation | None:
    answer = table.get_item(Key=key_of(account, peer), ConsistentRead=True)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def conversation_write(table: Table, before: Conversation, after: Conversation) -> Write:
    """Refused as Changed if `before` is no longer what is stored."""
    put: Item = {"TableName": table.name, "Item": to_item(replace(after, revision=before.revision + 1))}
    if before.revision:
        put |= {"ConditionExpression": "revision = :was", "ExpressionAttributeValues": {":was": before.revision}}
    else:
        put |= {"ConditionExpression": "attribute_not_exists(pk)"}
    return Write({"Put": put}, lambda _: Changed())


def put_conversation(table: Table, before: Conversation, after: Conversation) -> None:
    """Raises Changed and WriteConflict."""
    commit(table, conversation_write(table, before, after))


def places_below(
    table: Table, account: str, statuses: Iterable[ConversationStatus], below: str | None
) -> Iterator[tuple[str, str]]:
    """(place, party) of each conversation with one of these statuses, the newest first, behind the place `below`. The
    index is late by a moment: the conversation itself says where it stands."""
    last = None
    for place in merge(*(_listed(table, account, status, below) for status in statuses), reverse=True):
        if place != last:  # on its way from one status to another it may stand under both
            yield place, place.partition("#")[2]
        last = place


def get_conversations(table: Table, account: str, peers: Iterable[str]) -> dict[str, Conversation]:
    """Those that exist, by party; the parties must differ."""
    found = (from_item(item) for item in items_of(table, (key_of(account, peer) for peer in peers), consistent=True))
    return {conversation.peer: conversation for conversation in found}


def place_of(conversation: Conversation) -> str:
    return f"{conversation.updated_at:013d}#{conversation.peer}"


def _listed(table: Table, account: str, status: ConversationStatus, below: str | None) -> Iterator[str]:
    of_status = Key("inbox_pk").eq(_inbox(account, status))
    condition = of_status & Key("inbox_sk").lt(below) if below is not None else of_status
    found = all_items(table, IndexName="inbox", KeyConditionExpression=condition, ScanIndexForward=False, Limit=PAGE)
    return (item["inbox_sk"] for item in found)


def _inbox(account: str, status: ConversationStatus) -> str:
    return f"A#{account}#{status}"


def to_item(conversation: Conversation) -> Item:
    return compact(
        {
            **key_of(conversation.account, conversation.peer),
            **asdict(conversation),
            "inbox_pk": _inbox(conversation.account, conversation.status),
            "inbox_sk": place_of(conversation),
            "earlier": list(conversation.earlier),
        }
    )


def from_item(item: Item) -> Conversation:
    known = {name: item[name] for name in Conversation.__dataclass_fields__ if name in item}
    known |= {"status": ConversationStatus(item["status"]), "earlier": tuple(item.get("earlier", ()))}
    if "intent" in item:
        known["intent"] = Intent(item["intent"])
    if "last" in item:
        known["last"] = Preview(**(item["last"] | {"direction": Direction(item["last"]["direction"])}))
    return Conversation(**known)
