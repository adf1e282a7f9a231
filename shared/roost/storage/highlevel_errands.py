"""What a location is owed, in the order of its instants; what was given up; and payloads nobody could read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.highlevel import Location
from roost.domain.highlevel_errands import Errand, ErrandKind
from roost.domain.instants import DAY
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = 30 * DAY
OWED, GIVEN_UP, ASIDE = "owed#", "given-up#", "aside#"
LONGEST_ASIDE = 20_000
"""Characters kept of a payload of a new shape."""


def partition_of(account: str, location: str) -> str:
    return f"A#{account}#L#{location}"


def put_errands(table: Table, location: Location, errands: Iterable[Errand], now: int) -> None:
    """Twice is once: one that is owed stays as it is, with its tries and its doubt. What was done meanwhile is told by
    what it left."""
    for errand in errands:
        item = errand_item(location, errand, now)
        with suppress(ConditionFailed):
            conditionally(table.put_item, Item=item, ConditionExpression="attribute_not_exists(pk)")


def errand_write(table: Table, location: Location, errand: Errand, now: int) -> Write:
    """For the transaction with what makes it necessary."""
    return Write({"Put": {"TableName": table.name, "Item": errand_item(location, errand, now)}}, ConditionFailed)


def errand_item(location: Location, errand: Errand, now: int) -> Item:
    said = compact({**asdict(errand), "id": None, "in_doubt": errand.in_doubt or None})
    return {**_key(location, OWED, errand.id), **said, "ttl": (now + KEEP) // 1_000}


def list_owed(table: Table, location: Location, limit: int) -> list[Errand]:
    """The oldest. Consistent: whoever ends an outage must see the last write."""
    return _list(table, location, OWED, limit)


def list_given_up(table: Table, location: Location, limit: int) -> list[Errand]:
    return _list(table, location, GIVEN_UP, limit)


def change_errand(table: Table, location: Location, errand: Errand, changes: Mapping[str, Any]) -> None:
    """Of an errand that was done meanwhile nothing is left to change."""
    setting = ", ".join(f"{name} = :{name}" for name in changes)
    try:
        conditionally(
            table.update_item,
            Key=_key(location, OWED, errand.id),
            UpdateExpression=f"SET {setting}",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
        )
    except ConditionFailed:
        return


def settle_errand(table: Table, location: Location, errand: Errand) -> None:
    table.delete_item(Key=_key(location, OWED, errand.id))


def give_up_errand(table: Table, location: Location, errand: Errand, now: int) -> None:
    """Kept and listed for 30 days. First the copy: nothing is lost in between."""
    table.put_item(Item={**errand_item(location, errand, now), **_key(location, GIVEN_UP, errand.id)})
    settle_errand(table, location, errand)


def owe_again(table: Table, location: Location, errand: Errand, now: int) -> None:
    table.put_item(Item=errand_item(location, errand, now))
    table.delete_item(Key=_key(location, GIVEN_UP, errand.id))


def put_aside(table: Table, location: Location, kind: str, payload: str, name: str, now: int) -> None:
    """`name`: tells two payloads of one instant apart, and a repeated one from another."""
    said: Item = {"kind": kind[:80], "payload": payload[:LONGEST_ASIDE], "at": now, "ttl": (now + KEEP) // 1_000}
    table.put_item(Item={**_key(location, ASIDE, f"{now:013d}#{name}"), **said})


def list_aside(table: Table, location: Location, limit: int) -> list[Item]:
    """Newest first: `kind`, `payload`, `at`."""
    return [native(item) for item in _items(table, location, ASIDE, limit, forward=False)]


def _key(location: Location, prefix: str, name: str) -> dict[str, str]:
    return {"pk": partition_of(location.account, location.id), "sk": f"{prefix}{name}"}


def _list(table: Table, location: Location, prefix: str, limit: int) -> list[Errand]:
    return [_errand(native(item), prefix) for item in _items(table, location, prefix, limit, forward=True)]


def _items(table: Table, location: Location, prefix: str, limit: int, *, forward: bool) -> list[Any]:
    wanted = Key("pk").eq(partition_of(location.account, location.id)) & Key("sk").begins_with(prefix)
    answer = table.query(KeyConditionExpression=wanted, Limit=limit, ConsistentRead=True, ScanIndexForward=forward)
    return list(answer["Items"])


def _errand(item: Item, prefix: str) -> Errand:
    known = {name: item[name] for name in Errand.__dataclass_fields__ if name in item}
    return Errand(**known | {"id": item["sk"].removeprefix(prefix), "kind": ErrandKind(item["kind"])})


def place_of(partition: str) -> tuple[str, str]:
    """(account, location) of `partition_of`."""
    _, account, _, location = partition.split("#", 3)
    return account, location
