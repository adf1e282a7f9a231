"""Messages: one item each, partitioned by account, day and shard, all of which the id tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.attachments import Part
from roost.domain.holders import holder_name
from roost.domain.instants import DAY, day_of, minute_of
from roost.domain.leases import Grant, Lease
from roost.domain.messages import CLAIMABLE, Direction, Kind, Message, MessageStatus, Note, Priority
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


def lease_message(table: Table, lease: Lease, message_id: int, slot_at: int, at: int) -> Message | None:
    """Claim one message for a lease. The message, also when this lease has it already; None when somebody else was
    faster, it is no longer due, or this very lease gave it back: a late copy of the claim must not take it again."""
    status = MessageStatus.ACCEPTED if lease.grant is Grant.DIRECT else MessageStatus.LEASED
    try:
        item = conditionally(
            table.update_item,
            Key=key_of(lease.account, message_id),
            UpdateExpression="SET #status = :status, lease_epoch = :epoch, claim_id = :claim, slot_at = :slot, "
            "revision = revision + :one, moves.#status_name = if_not_exists(moves.#status_name, :at) "
            "REMOVE queue_pk, queue_sk",
            ConditionExpression="#status IN (:queued, :dispatching) AND phone = :phone "
            "AND NOT contains(former_holders, :holder)",
            ExpressionAttributeNames={"#status": "status", "#status_name": status.value},
            ExpressionAttributeValues={
                ":status": status,
                ":queued": MessageStatus.QUEUED,
                ":dispatching": MessageStatus.DISPATCHING,
                ":phone": lease.phone,
                ":epoch": lease.epoch,
                ":claim": lease.claim_id,
                ":slot": slot_at,
                ":holder": holder_name(lease.phone, lease.epoch),
                ":at": at,
                ":one": 1,
            },
            ReturnValues="ALL_NEW",
        )
    except ConditionFailed as failure:
        held = failure.item and from_item(failure.item)
        same_lease = held and (held.phone, held.lease_epoch) == (lease.phone, lease.epoch)
        is_ours = held and same_lease and held.status in (MessageStatus.LEASED, MessageStatus.ACCEPTED)
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of a queue: enough to choose by, without reading the message."""

    priority: Priority
    due_at: int
    message_id: int
    segments: int
    expires_at: int
    sim_slot: int | None


def waiting_for(table: Table, account: str, phone: int, limit: int) -> list[Waiting]:
    """What waits for a phone, the most urgent first, then the earliest due."""
    return _queue(table, phone_queue(account, phone), limit)


def scheduled_for(table: Table, account: str, minute: str, limit: int) -> list[Waiting]:
    """What an account scheduled for the minute `yyyymmddhhmm`."""
    return _queue(table, schedule_queue(account, minute), limit)


def _queue(table: Table, queue: str, limit: int) -> list[Waiting]:
    answer = table.query(IndexName="queue", KeyConditionExpression=Key("queue_pk").eq(queue), Limit=limit)
    return [_waiting(str(item["queue_sk"])) for item in answer["Items"]]


def _place_of(message: Message) -> str:
    """The sort key of a queue: what it is ordered by, then what a claim must know without reading the message."""
    slot = "" if message.sim_slot is None else message.sim_slot
    rank = Priority.URGENT - message.priority
    return f"{rank}#{message.due_at:013d}#{message.id:016d}#{message.segments}#{message.expires_at}#{slot}"


def _waiting(place: str) -> Waiting:
    rank, due, number, segments, expires, slot = place.split("#")
    return Waiting(
        priority=Priority(Priority.URGENT - int(rank)),
        due_at=int(due),
        message_id=int(number),
        segments=int(segments),
        expires_at=int(expires),
        sim_slot=int(slot) if slot else None,
    )


def phone_queue(account: str, phone: int) -> str:
    return f"A#{account}#P#{phone}"


def schedule_queue(account: str, minute: str) -> str:
    return f"A#{account}#S#{minute}"


def _queue_of(message: Message) -> str | None:
    """Where a message waits; nowhere once a phone holds it or it is final."""
    if message.status is MessageStatus.SCHEDULED:
        return schedule_queue(message.account, minute_of(message.due_at))
    if message.status in CLAIMABLE and message.phone is not None:
        return phone_queue(message.account, message.phone)
    return None


def to_item(message: Message) -> Item:
    queue = _queue_of(message)
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
            "nonce": message.nonce or None,
            "expires_at": message.expires_at,
            "due_at": message.due_at,
            "slot_at": message.slot_at,
            "pinned": message.pinned or None,
            "cancel_requested_at": message.cancel_requested_at,
            "retry_unknown": message.retry_unknown or None,
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
            # A one-time code has done its work once its message is final: its text must not outlive that.
            "secret_text": "" if message.secret_text is not None and message.is_final else message.secret_text,
            "kind": message.kind if message.kind is not Kind.SMS else None,
            "answer": message.answer,
            "attachments": list(message.attachments),
            "parts_in": [asdict(part) for part in message.parts_in],
            "queue_pk": queue,
            "queue_sk": _place_of(message) if queue else None,
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
        nonce=item.get("nonce", ""),
        expires_at=item["expires_at"],
        due_at=item.get("due_at", 0),
        slot_at=item.get("slot_at"),
        pinned=item.get("pinned", False),
        cancel_requested_at=item.get("cancel_requested_at"),
        retry_unknown=item.get("retry_unknown", False),
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
        secret_text=item.get("secret_text"),
        kind=Kind(item.get("kind", Kind.SMS)),
        answer=item.get("answer"),
        attachments=tuple(item.get("attachments", ())),
        parts_in=tuple(Part(**part) for part in item.get("parts_in", ())),
    )
