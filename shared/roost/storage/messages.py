"""Messages: one item each, partitioned by account, day and shard, all of which the id tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.instants import DAY, day_of
from roost.domain.messages import CLAIMABLE, Direction, Message, MessageStatus, Note, Priority
from roost.storage.conditional import ConditionFailed, conditionally, write_changes
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PAGE = 100


def key_of(account: str, message_id: int) -> dict[str, str]:
    day, shard = ids.day_and_shard(message_id)
    return {"pk": f"A#{account}#{day}#{shard}", "sk": f"{message_id:016d}"}


def put_new_message(table: Table, message: Message) -> None:
    """Raises ConditionFailed if the id is taken: the caller draws another."""
    conditionally(table.put_item, Item=to_item(message), ConditionExpression="attribute_not_exists(pk)")


def get_message(table: Table, account: str, message_id: int, *, consistent: bool = False) -> Message | None:
    answer = table.get_item(Key=key_of(account, message_id), ConsistentRead=consistent)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def change_message(table: Table, before: Message, after: Message) -> None:
    """Raises ConditionFailed with the fresh item if `before` is no longer what is stored."""
    write_changes(table, to_item(before), to_item(after))


def lease_message(table: Table, account: str, message_id: int, lease: tuple[int, int, str], at: int) -> Message | None:
    """Claim one message for `lease` = (phone, epoch, claim id). The message, also when this lease has it already;
    None when somebody else was faster or it is no longer due."""
    phone, epoch, claim_id = lease
    try:
        item = conditionally(
            table.update_item,
            Key=key_of(account, message_id),
            UpdateExpression="SET #status = :leased, lease_epoch = :epoch, claim_id = :claim, "
            "revision = revision + :one, moves.leased = if_not_exists(moves.leased, :at) REMOVE queue_pk, queue_sk",
            ConditionExpression="#status IN (:queued, :dispatching) AND phone = :phone",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":leased": MessageStatus.LEASED,
                ":queued": MessageStatus.QUEUED,
                ":dispatching": MessageStatus.DISPATCHING,
                ":phone": phone,
                ":epoch": epoch,
                ":claim": claim_id,
                ":at": at,
                ":one": 1,
            },
            ReturnValues="ALL_NEW",
        )
    except ConditionFailed as failure:
        held = failure.item and from_item(failure.item)
        is_ours = held and held.status is MessageStatus.LEASED and (held.phone, held.lease_epoch) == (phone, epoch)
        return held if held and is_ours else None
    return from_item(item)


def newest_first(table: Table, account: str, below: int, oldest: int) -> Iterator[Message]:
    """All messages of an account with an id under `below`, newest first, back to the day of the instant `oldest`."""
    instant = ids.created_at(below)
    while day_of(instant) >= day_of(oldest):
        in_day = Key("pk").eq(f"A#{account}#{day_of(instant)}#{ids.ONLY_SHARD}") & Key("sk").lt(f"{below:016d}")
        for item in all_items(table, KeyConditionExpression=in_day, ScanIndexForward=False, Limit=PAGE):
            yield from_item(item)
        instant -= DAY


def claimable_ids(table: Table, account: str, phone: int, limit: int) -> list[tuple[Priority, int]]:
    """Due messages bound to a phone, the most urgent first, then the oldest."""
    answer = table.query(
        IndexName="queue",
        KeyConditionExpression=Key("queue_pk").eq(queue_of(account, phone)),
        Limit=limit,
    )
    entries = (str(item["queue_sk"]).split("#") for item in answer["Items"])
    return [(Priority(Priority.URGENT - int(rank)), int(message_id)) for rank, message_id in entries]


def queue_of(account: str, phone: int) -> str:
    return f"A#{account}#P#{phone}"


def to_item(message: Message) -> Item:
    waiting = message.status in CLAIMABLE and message.phone is not None
    return compact(
        {
            **key_of(message.account, message.id),
            "account": message.account,
            "id": message.id,
            "direction": message.direction,
            "peer": message.peer,
            "text": message.text,
            "status": message.status,
            "moves": {status.value: at for status, at in message.moves.items()},
            "segments": message.segments,
            "expires_at": message.expires_at,
            "phone": message.phone,
            "sim_slot": message.sim_slot,
            "priority": int(message.priority),
            "attempt": message.attempt,
            "lease_epoch": message.lease_epoch,
            "claim_id": message.claim_id,
            "former_holders": set(message.former_holders) or None,
            "parts_sent": set(message.parts_sent) or None,
            "parts_delivered": set(message.parts_delivered) or None,
            "error": dict(message.error) if message.error else None,
            "notes": [{"at": note.at, "text": note.text} for note in message.notes],
            "revision": message.revision,
            "queue_pk": queue_of(message.account, message.phone or 0) if waiting else None,
            "queue_sk": f"{Priority.URGENT - message.priority}#{message.id:016d}" if waiting else None,
        }
    )


def from_item(item: Item) -> Message:
    return Message(
        account=item["account"],
        id=item["id"],
        direction=Direction(item["direction"]),
        peer=item["peer"],
        text=item["text"],
        status=MessageStatus(item["status"]),
        moves={MessageStatus(status): at for status, at in item["moves"].items()},
        segments=item["segments"],
        expires_at=item["expires_at"],
        phone=item.get("phone"),
        sim_slot=item.get("sim_slot"),
        priority=Priority(item["priority"]),
        attempt=item["attempt"],
        lease_epoch=item.get("lease_epoch"),
        claim_id=item.get("claim_id"),
        former_holders=frozenset(item.get("former_holders", ())),
        parts_sent=frozenset(item.get("parts_sent", ())),
        parts_delivered=frozenset(item.get("parts_delivered", ())),
        error=item.get("error"),
        notes=tuple(Note(note["at"], note["text"]) for note in item.get("notes", ())),
        revision=item["revision"],
    )
