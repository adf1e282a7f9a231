"""Lists of contacts: one small item each; who is in them is kept with the contacts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.contacts import ContactList
from roost.storage.conditional import conditionally
from roost.storage.items import Item, native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str, list_id: int) -> dict[str, str]:
    return {"pk": f"A#{account}#lists", "sk": f"list#{list_id:08d}"}


def next_list_id(table: Table, account: str) -> int:
    """Never the same twice: what is left of a removed list must not turn up in a new one."""
    answer = table.update_item(
        Key={"pk": f"A#{account}#lists", "sk": "counter"},
        UpdateExpression="ADD lists :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(str(answer["Attributes"]["lists"]))


def put_list(table: Table, made: ContactList) -> None:
    table.put_item(Item={**key_of(made.account, made.id), **asdict(made)})


def get_list(table: Table, account: str, list_id: int) -> ContactList | None:
    answer = table.get_item(Key=key_of(account, list_id), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def list_lists(table: Table, account: str) -> list[ContactList]:
    """By number, the oldest first."""
    wanted = Key("pk").eq(f"A#{account}#lists") & Key("sk").begins_with("list#")
    return [_from_item(item) for item in all_items(table, KeyConditionExpression=wanted)]


def rename_list(table: Table, account: str, list_id: int, name: str) -> ContactList:
    """Raises ConditionFailed if there is no such list."""
    item = conditionally(
        table.update_item,
        Key=key_of(account, list_id),
        UpdateExpression="SET #name = :name",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={"#name": "name"},
        ExpressionAttributeValues={":name": name},
        ReturnValues="ALL_NEW",
    )
    return _from_item(item)


def delete_list(table: Table, account: str, list_id: int) -> None:
    """Twice is once."""
    table.delete_item(Key=key_of(account, list_id))


def _from_item(item: Item) -> ContactList:
    return ContactList(**{name: item[name] for name in ContactList.__dataclass_fields__})
