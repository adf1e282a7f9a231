"""Messages: one item each, partitioned by account, day and shard, all of which the id tells."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from roost.domain.attachments import Part
from roost.domain.batches import BATCH_SHARD, is_of_batch
from roost.domain.conversations import peer_of
from roost.domain.holders import holder_name
from roost.domain.ids import shard_of
from roost.domain.leases import Grant, Lease
from roost.domain.messages import Direction, Kind, Message, MessageStatus, Note, Priority
from roost.domain.retention import KEEP_MESSAGE
from roost.storage.batches import get_unwritten, message_key
from roost.storage.charges import charge_item, charge_of
from roost.storage.conditional import ConditionFailed, conditionally, write_changes
from roost.storage.items import Item, compact, native
from roost.storage.queues import queue_keys_of_message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


key_of = message_key


def put_new_message(table: Table, message: Message) -> None:
    """Raises ConditionFailed if the id is taken: the caller draws another."""
    conditionally(table.put_item, Item=to_item(message), ConditionExpression="attribute_not_exists(pk)")


def get_message(table: Table, account: str, message_id: int, *, consistent: bool = False) -> Message | None:
    """Also one of a batch that is no item yet: it follows from its chunk and lane."""
    if shard_of(message_id) == BATCH_SHARD and not is_of_batch(message_id):
        return None
    answer = table.get_item(Key=key_of(account, message_id), ConsistentRead=consistent)
    if "Item" in answer:
        return from_item(native(answer["Item"]))
    return get_unwritten(table, account, message_id) if is_of_batch(message_id) else None


def change_message(table: Table, before: Message, after: Message) -> None:
    """Raises ConditionFailed with the fresh item if `before` is no longer what is stored. A message of a batch becomes
    an item with its first change."""
    if before.is_written:
        write_changes(table, to_item(before), to_item(after))
    else:
        put_new_message(table, replace(after, revision=1))


def lease_unwritten(table: Table, lease: Lease, message: Message, slot_at: int, at: int) -> Message | None:
    """As `lease_message`, for a message of a batch that is likely no item yet: one write instead of two."""
    status = _held_as(lease)
    leased = replace(
        message,
        status=status,
        phone=lease.phone,
        lease_epoch=lease.epoch,
        claim_id=lease.claim_id,
        slot_at=slot_at,
        moves={**message.moves, status: at},
        revision=1,
    )
    try:
        put_new_message(table, leased)
    except ConditionFailed:
        return lease_message(table, lease, message.id, slot_at, at)
    return leased


def _held_as(lease: Lease) -> MessageStatus:
    return MessageStatus.ACCEPTED if lease.grant is Grant.DIRECT else MessageStatus.LEASED


def lease_message(table: Table, lease: Lease, message_id: int, slot_at: int, at: int) -> Message | None:
    """Claim one message for a lease. The message, also when this lease has it already; None when somebody else was
    faster, it is no longer due, or this very lease gave it back: a late copy of the claim must not take it again."""
    status = _held_as(lease)
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


def to_item(message: Message) -> Item:
    return compact(
        {
            **key_of(message.account, message.id),
            **queue_keys_of_message(message),
            **_conversation_keys(message),
            "account": message.account,
            "id": message.id,
            "direction": message.direction,
            "peer": message.peer,
            "text": message.text,
            "status": message.status,
            "moves": {status.value: at for status, at in message.moves.items()},
            "segments": message.segments,
            "nonce": message.nonce or None,
            "group": message.group,
            "expires_at": message.expires_at,
            "due_at": message.due_at,
            "slot_at": message.slot_at,
            "pinned": message.pinned or None,
            "cancel_requested_at": message.cancel_requested_at,
            "retry_unknown": message.retry_unknown or None,
            "reassign_after": message.reassign_after,
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
            "sender_id": message.sender_id,
            "converted_at": message.converted_at,
            "price": message.price or None,
            **charge_item(message.charge),
            "revision": message.revision,
            # A one-time code has done its work once its message is final: its text must not outlive that.
            "secret_text": "" if message.secret_text is not None and message.is_final else message.secret_text,
            "kind": message.kind if message.kind is not Kind.SMS else None,
            "answer": message.answer,
            "ttl": (message.created_at + KEEP_MESSAGE) // 1_000,
            "attachments": list(message.attachments),
            "parts_in": [asdict(part) for part in message.parts_in],
            "despite_opt_out": message.despite_opt_out or None,
            "campaign": message.campaign,
        }
    )


def conversation_key(account: str, peer: str) -> str:
    """The partition of the index `conv` with what was said to and by one party."""
    return f"A#{account}#T#{peer}"


def _conversation_keys(message: Message) -> Item:
    if not message.in_conversation:
        return {}
    return {"conv_pk": conversation_key(message.account, peer_of(message.peer)), "conv_sk": f"{message.id:016d}"}


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
        group=item.get("group"),
        expires_at=item["expires_at"],
        due_at=item.get("due_at", 0),
        slot_at=item.get("slot_at"),
        pinned=item.get("pinned", False),
        cancel_requested_at=item.get("cancel_requested_at"),
        retry_unknown=item.get("retry_unknown", False),
        reassign_after=item.get("reassign_after"),
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
        sender_id=item.get("sender_id"),
        converted_at=item.get("converted_at"),
        price=item.get("price", 0),
        charge=charge_of(item),
        revision=item["revision"],
        secret_text=item.get("secret_text"),
        kind=Kind(item.get("kind", Kind.SMS)),
        answer=item.get("answer"),
        attachments=tuple(item.get("attachments", ())),
        parts_in=tuple(Part(**part) for part in item.get("parts_in", ())),
        in_conversation="conv_pk" in item,
        despite_opt_out=item.get("despite_opt_out", False),
        campaign=item.get("campaign"),
    )
