"""What each key has used: an item of its own, so that whoever counts a request cannot touch the secrets."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.errors import RoostError
from roost.domain.instants import HOUR, day_of
from roost.domain.key_limits import WINDOW, KeyLimits, KeyUse, check_key_limits, requests_in
from roost.domain.money import Cost
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, native
from roost.storage.transactions import Changed, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def use_key(account: str, key_id: str) -> dict[str, str]:
    return {"pk": f"U#{account}#{key_id}", "sk": "use"}


def new_use_write(table: Table, account: str, key_id: str, use: KeyUse) -> Write:
    item = {**use_key(account, key_id), **asdict(use), "slots": list(use.slots)}
    put = {"TableName": table.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    return Write({"Put": put}, lambda _: Changed())


def get_use(table: Table, account: str, key_id: str) -> KeyUse:
    item = table.get_item(Key=use_key(account, key_id), ConsistentRead=True).get("Item")
    return use_of(native(item)) if item else KeyUse()


def use_write(
    table: Table, account: str, key_id: str, limits: KeyLimits, use: KeyUse, cost: Cost, slot: int | None, now: int
) -> Write:
    """Count a request that `use` has room for, in a transaction. Refused with what is then wrong: the limit that was
    reached meanwhile, or Changed if only the slot is gone."""

    def refused(item: Item | None) -> Exception:
        try:
            check_key_limits(limits, use_of(item) if item else KeyUse(), cost, now)
        except RoostError as error:
            return error
        return Changed()

    update = _counting(account, key_id, limits, use, cost, slot, now)
    return Write({"Update": {"TableName": table.name, **update, **OLD_ITEM}}, refused)


def count_use(
    table: Table, account: str, key_id: str, limits: KeyLimits, use: KeyUse, slot: int | None, now: int
) -> KeyUse:
    """Count a request that sends nothing. Raises ConditionFailed with the fresh item."""
    update = _counting(account, key_id, limits, use, Cost(), slot, now)
    return use_of(conditionally(table.update_item, **update, ReturnValues="ALL_NEW"))


def _counting(
    account: str, key_id: str, limits: KeyLimits, use: KeyUse, cost: Cost, slot: int | None, now: int
) -> Item:
    """A slot is taken if nobody took it for 60 s; the day and the spending are counted up to their limits."""
    setting, conditions = ["last_used_at = :now"], ["attribute_exists(pk)"]
    values: Item = {":now": now}
    names: dict[str, str] = {}
    if slot is not None:
        setting.append(f"slots[{slot}] = :now")
        conditions.append(f"slots[{slot}] <= :before")
        values[":before"] = now - WINDOW
    if limits.per_day is not None:
        names["#day"], is_new_day = "day", use.day < day_of(now)
        setting += ["day_count = :asked", "#day = :today"] if is_new_day else ["day_count = day_count + :asked"]
        conditions.append("#day < :today" if is_new_day else "#day >= :today AND day_count <= :room")
        values |= {":today": day_of(now), ":asked": requests_in(cost)}
        values |= {} if is_new_day else {":room": limits.per_day - requests_in(cost)}
    if limits.spending is not None and cost.price.micro_usd:
        setting.append("spent = spent + :price")
        conditions.append("spent <= :purse")
        values |= {":price": cost.price.micro_usd, ":purse": limits.spending - cost.price.micro_usd}
    update: Item = {
        "Key": use_key(account, key_id),
        "UpdateExpression": "SET " + ", ".join(setting),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": values,
    }
    return update | ({"ExpressionAttributeNames": names} if names else {})


OLD_ITEM = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def resize_write(table: Table, account: str, key_id: str, former: tuple[int, ...], slots: tuple[int, ...]) -> Write:
    """Another limit of a minute. Refused as Changed if a request took a slot meanwhile."""
    update = {
        "TableName": table.name,
        "Key": use_key(account, key_id),
        "UpdateExpression": "SET slots = :slots",
        "ConditionExpression": "slots = :former",
        "ExpressionAttributeValues": {":slots": list(slots), ":former": list(former)},
    }
    return Write({"Update": update}, lambda _: Changed())


def unspend_write(table: Table, account: str, key_id: str, micro_usd: int) -> Write:
    """Give back (or take again, if negative) what a message counted against the spending limit of its key."""
    update = {
        "TableName": table.name,
        "Key": use_key(account, key_id),
        "UpdateExpression": "SET spent = spent - :price",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":price": micro_usd},
    }
    return Write({"Update": update}, lambda _: Changed())


def note_use(table: Table, account: str, key_id: str, now: int) -> None:
    """Remember that a key was used, at most once an hour."""
    try:
        conditionally(
            table.update_item,
            Key=use_key(account, key_id),
            UpdateExpression="SET last_used_at = :now",
            ConditionExpression="attribute_exists(pk) AND last_used_at <= :then",
            ExpressionAttributeValues={":now": now, ":then": now - HOUR},
        )
    except ConditionFailed:
        return


def use_of(item: Item) -> KeyUse:
    known = {name: item[name] for name in KeyUse.__dataclass_fields__ if name in item}
    return KeyUse(**{**known, "slots": tuple(item.get("slots", ()))})
