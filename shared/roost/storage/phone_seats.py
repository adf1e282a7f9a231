"""How many phones an account has, and one more only if nobody else got one meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.pairing import Pairing
from roost.domain.phones import Phone
from roost.storage.pages import all_items
from roost.storage.pairings import key_of as pairing_key
from roost.storage.phones import counter_key, to_item
from roost.storage.transactions import Changed, Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class Seats:
    """`taken`: phones that are not removed; `last_number`: the highest number ever given."""

    taken: int
    last_number: int


def count_seats(table: Table, account: str) -> Seats:
    items = list(all_items(table, KeyConditionExpression=Key("pk").eq(f"A#{account}"), ConsistentRead=True))
    taken = sum(1 for item in items if item["sk"].startswith("phone#") and "removed_at" not in item)
    return Seats(taken, next((item.get("phones", 0) for item in items if item["sk"] == "counter"), 0))


def take_seat(table: Table, pairing: Pairing, phone: Phone, seats: Seats) -> None:
    """Number, code and phone in one transaction: a phone that pairs at the same moment makes this one count again.

    `phone.number` is `seats.last_number` + 1. Raises Changed and WriteConflict.
    """
    values = {":number": phone.number} | ({":seen": seats.last_number} if seats.last_number else {})
    number = {
        "TableName": table.name,
        "Key": counter_key(phone.account),
        "UpdateExpression": "SET phones = :number",
        "ConditionExpression": "phones = :seen" if seats.last_number else "attribute_not_exists(phones)",
        "ExpressionAttributeValues": values,
    }
    code = {
        "TableName": table.name,
        "Key": pairing_key(pairing.code_hash),
        "UpdateExpression": "SET used_by = :install, phone = :number",
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(used_by)",
        "ExpressionAttributeValues": {":install": phone.install_id, ":number": phone.number},
    }
    put = {"TableName": table.name, "Item": to_item(phone), "ConditionExpression": "attribute_not_exists(pk)"}
    requests = ({"Update": number}, {"Update": code}, {"Put": put})
    commit(table, *(Write(request, lambda _: Changed()) for request in requests))
