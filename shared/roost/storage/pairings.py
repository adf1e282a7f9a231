"""Pairing codes: only their hash is kept, and it is the key."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.instants import DAY
from roost.domain.pairing import Pairing
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(code_hash: str) -> dict[str, str]:
    return {"pk": f"PAIR#{code_hash}", "sk": "pairing"}


def put_pairing(table: Table, pairing: Pairing) -> None:
    """Kept a day longer than it is valid, so that the phone hears `used` or `expired`."""
    item = compact({**key_of(pairing.code_hash), **asdict(pairing), "ttl": (pairing.expires_at + DAY) // 1_000})
    table.put_item(Item=item)


def get_pairing(table: Table, code_hash: str) -> Pairing | None:
    answer = table.get_item(Key=key_of(code_hash), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def redeem_pairing(table: Table, pairing: Pairing, install_id: str, phone: int) -> Pairing:
    """Mark a code as used by one installation and the phone it becomes; the pairing as it stands afterwards.

    If two redeem it at once the first wins: the other sees the winner's `used_by`.
    """
    try:
        item = conditionally(
            table.update_item,
            Key=key_of(pairing.code_hash),
            UpdateExpression="SET used_by = :install, phone = :phone",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(used_by)",
            ExpressionAttributeValues={":install": install_id, ":phone": phone},
            ReturnValues="ALL_NEW",
        )
    except ConditionFailed as failure:
        return _from_item(failure.item) if failure.item else pairing
    return _from_item(item)


def _from_item(item: Item) -> Pairing:
    return Pairing(**{name: item[name] for name in Pairing.__dataclass_fields__ if name in item})
