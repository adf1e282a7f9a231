"""Locations of HighLevel: one item each under their account, and whose each is. Every change is conditional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.highlevel import Location, LocationStatus, LocationTaken, Trouble
from roost.storage.attributes import change_attributes, updated_if
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items
from roost.storage.transactions import Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str, location: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"location#{location}"}


def owner_key(location: str) -> dict[str, str]:
    """The one partition without an account: HighLevel names its location, and this says whose it is."""
    return {"pk": f"LOCATION#{location}", "sk": "owner"}


def get_location(table: Table, account: str, location: str) -> Location | None:
    answer = table.get_item(Key=key_of(account, location), ConsistentRead=True)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def find_location(table: Table, location: str) -> Location | None:
    """By HighLevel's id alone."""
    item = table.get_item(Key=owner_key(location), ConsistentRead=True).get("Item")
    return get_location(table, str(item["account"]), location) if item else None


def list_locations(table: Table, account: str) -> list[Location]:
    """In every status, oldest first, agencies among them."""
    of_account = Key("pk").eq(f"A#{account}") & Key("sk").begins_with("location#")
    found = map(from_item, all_items(table, KeyConditionExpression=of_account))
    return sorted(found, key=lambda location: (location.connected_at, location.id))


def put_location(table: Table, location: Location, was: Location | None) -> None:
    """Connect, for the first time or again: what it is owed stays. Raises LocationTaken if another account has it.

    `was`: what was read before. Raises ConditionFailed if that has changed since.
    """
    unchanged = "tokens = :tokens" if was else "attribute_not_exists(pk)"
    put: Item = {"TableName": table.name, "Item": to_item(location), "ConditionExpression": unchanged}
    if was:
        put["ExpressionAttributeValues"] = {":tokens": was.tokens}
    commit(table, _owner_write(table, location), Write({"Put": put}, ConditionFailed))


def _owner_write(table: Table, location: Location) -> Write:
    put: Item = {
        "TableName": table.name,
        "Item": {**owner_key(location.id), "account": location.account},
        "ConditionExpression": "attribute_not_exists(pk) OR account = :account",
        "ExpressionAttributeValues": {":account": location.account},
    }
    return Write({"Put": put}, lambda _: LocationTaken())


def release_owner(table: Table, location: Location) -> None:
    """Any account may connect it from now on."""
    try:
        conditionally(
            table.delete_item,
            Key=owner_key(location.id),
            ConditionExpression="account = :account",
            ExpressionAttributeValues={":account": location.account},
        )
    except ConditionFailed:
        return


def change_location(
    table: Table, location: Location, changes: Mapping[str, Any], expect: Mapping[str, Any] | None = None
) -> Location | None:
    """Set attributes (None removes one); the location as it then is. None when it is gone or an attribute of `expect`
    has another value."""
    stored = {name: _stored(value) for name, value in changes.items()}
    item = change_attributes(table, key_of(location.account, location.id), stored, expect)
    return from_item(item) if item else None


def take_lease(table: Table, location: Location, name: str, now: int, until: int) -> Location | None:
    """The right to do something for a location that one at a time may do; None when another has it.

    `name`: `lease_until`, to work off what it is owed, or `renewing_until`, to renew the tokens that were read.
    """
    names, condition = {"#lease": name, "#status": "status"}, "#status = :connected AND #lease <= :now"
    values: Item = {":until": until, ":now": now, ":connected": LocationStatus.CONNECTED}
    if name == "renewing_until":
        condition += " AND tokens = :tokens"
        values[":tokens"] = location.tokens
    key = key_of(location.account, location.id)
    item = updated_if(table, key, condition, "SET #lease = :until", names, values)
    return from_item(item) if item else None


def _stored(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return [asdict(member) if isinstance(member, Trouble) else member for member in value]


def to_item(location: Location) -> Item:
    return compact({**key_of(location.account, location.id), **asdict(location)})


def from_item(item: Item) -> Location:
    known = {name: item[name] for name in Location.__dataclass_fields__ if name in item}
    troubles = tuple(Trouble(**{"status": None, **trouble}) for trouble in item.get("troubles", ()))
    known |= {"status": LocationStatus(item["status"]), "recent_calls": tuple(item.get("recent_calls", ()))}
    return Location(**known | {"troubles": troubles})
