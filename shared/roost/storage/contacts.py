"""Contacts: one item each by number, and one item for each list a contact is or was in; written together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.contacts import Contact
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items, items_of
from roost.storage.transactions import Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ONLY_SHARD = 0
"""One partition takes 1,000 writes a second. Its key names the shard, so more can follow."""

PAGE = 200


class ContactChanged(Exception):
    """Another request wrote this contact first. `contact`: what stands there now."""

    def __init__(self, contact: Contact | None) -> None:
        super().__init__("the contact changed")
        self.contact = contact


def key_of(account: str, number: str) -> dict[str, str]:
    return {"pk": f"A#{account}#contacts#{ONLY_SHARD}", "sk": number}


def member_key(account: str, list_id: int, number: str) -> dict[str, str]:
    return {"pk": f"A#{account}#L#{list_id}#{ONLY_SHARD}", "sk": number}


def get_contact(table: Table, account: str, number: str) -> Contact | None:
    answer = table.get_item(Key=key_of(account, number), ConsistentRead=True)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def save_contact(table: Table, before: Contact | None, after: Contact) -> None:
    """Contact and lists, or nothing. Raises ContactChanged if `before` is no longer what is stored, WriteConflict."""
    commit(table, *contact_writes(table, before, after))


def contact_writes(table: Table, before: Contact | None, after: Contact) -> list[Write]:
    """For a transaction: the contact and its places in lists that changed; refused as ContactChanged."""
    condition = "attribute_not_exists(pk)" if before is None else "revision = :revision"
    put: Item = {
        "TableName": table.name,
        "Item": to_item(after),
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if before is not None:
        put |= {"Item": {**to_item(after), "revision": before.revision + 1}}
        put |= {"ExpressionAttributeValues": {":revision": before.revision}}
    was = before.lists if before else {}
    moved = {list_id: state for list_id, state in after.lists.items() if was.get(list_id) is not state}
    return [Write({"Put": put}, _changed), *(_member(table, after, list_id, moved[list_id]) for list_id in moved)]


def delete_contact(table: Table, contact: Contact) -> None:
    """With its place in every list. Raises ContactChanged, WriteConflict."""
    delete: Item = {
        "TableName": table.name,
        "Key": key_of(contact.account, contact.number),
        "ConditionExpression": "revision = :revision",
        "ExpressionAttributeValues": {":revision": contact.revision},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    places = [member_key(contact.account, list_id, contact.number) for list_id in contact.lists]
    members = [Write({"Delete": {"TableName": table.name, "Key": key}}, _changed) for key in places]
    commit(table, Write({"Delete": delete}, _changed), *members)


def contacts_after(table: Table, account: str, after: str | None) -> Iterator[Contact]:
    """All contacts of an account by number, behind `after`, page by page as they are asked for."""
    pk = key_of(account, "")["pk"]
    for item in _behind(table, pk, after):
        yield from_item(item)


def members_after(table: Table, account: str, list_id: int, after: str | None) -> Iterator[tuple[str, bool]]:
    """Number and whether it is subscribed, of everybody who is or was in a list, by number."""
    pk = member_key(account, list_id, "")["pk"]
    for item in _behind(table, pk, after):
        yield item["sk"], item["subscribed"]


def get_contacts(table: Table, account: str, numbers: Iterator[str], *, consistent: bool = False) -> Iterator[Contact]:
    """The contacts of these numbers in their order, read in batches as they are asked for; who is gone is left out."""
    while chunk := list(islice(numbers, PAGE)):
        keys = (key_of(account, number) for number in chunk)
        found = {item["sk"]: item for item in items_of(table, keys, consistent=consistent)}
        yield from (from_item(found[number]) for number in chunk if number in found)


def _behind(table: Table, pk: str, after: str | None) -> Iterator[Item]:
    condition = Key("pk").eq(pk) & Key("sk").gt(after) if after else Key("pk").eq(pk)
    return all_items(table, KeyConditionExpression=condition, Limit=PAGE)


def _member(table: Table, contact: Contact, list_id: int, subscribed: bool) -> Write:
    item = {**member_key(contact.account, list_id, contact.number), "subscribed": subscribed}
    return Write({"Put": {"TableName": table.name, "Item": item}}, _changed)


def _changed(item: Item | None) -> ContactChanged:
    return ContactChanged(from_item(item) if item else None)


def to_item(contact: Contact) -> Item:
    return compact(
        {
            **key_of(contact.account, contact.number),
            "account": contact.account,
            "number": contact.number,
            "created_at": contact.created_at,
            "name": contact.name,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "tags": set(contact.tags) or None,
            "fields": dict(contact.fields),
            "lists": {str(list_id): state for list_id, state in contact.lists.items()},
            "revision": contact.revision,
        }
    )


def size_of(contact: Contact) -> int:
    """Bytes of its item, a little more than DynamoDB counts: JSON's marks outweigh the overhead of maps and lists."""
    return len(json.dumps(to_item(contact), ensure_ascii=False, default=list).encode())


def from_item(item: Item) -> Contact:
    known = {name: item[name] for name in Contact.__dataclass_fields__ if name in item}
    known["lists"] = {int(list_id): state for list_id, state in item.get("lists", {}).items()}
    return Contact(**known)
