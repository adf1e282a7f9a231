"""The meter of an account: one item with its plan, its month and its balances; absent while it is unlimited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from roost.domain.errors import RoostError
from roost.domain.meters import Meter, check_meter, month_of
from roost.domain.money import Cost, Price
from roost.domain.plans import Feature, Plan
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, native
from roost.storage.transactions import Changed, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "meter"}


def get_meter(table: Table, account: str) -> Meter | None:
    item = table.get_item(Key=key_of(account), ConsistentRead=True).get("Item")
    return meter_of(account, native(item)) if item else None


def put_new_meter(table: Table, account: str) -> None:
    """An unlimited one; a meter that exists stays as it is."""
    meter = Meter(account)
    item = {**key_of(account), **asdict(meter), "plan": plan_item(meter.plan)}
    try:
        conditionally(table.put_item, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except ConditionFailed:
        return


def is_metered_check(table: Table, account: str, *, metered: bool) -> Write:
    """Holds a new key to what is true of its account at that moment; refused as Changed."""
    condition = "attribute_exists(pk)" if metered else "attribute_not_exists(pk)"
    check = {"TableName": table.name, "Key": key_of(account), "ConditionExpression": condition}
    return Write({"ConditionCheck": check}, lambda _: Changed())


def set_on_meter(table: Table, account: str, changes: Mapping[str, Any]) -> Meter:
    """Set members of a meter that exists. `changes`: by attribute; a plan as `plan_item`."""
    item = conditionally(
        table.update_item,
        Key=key_of(account),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={f"#{name}": name for name in changes},
        ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
        ReturnValues="ALL_NEW",
    )
    return meter_of(account, item)


def take_write(table: Table, meter: Meter, cost: Cost, now: int) -> Write:
    """Count messages and take their price. Refused with what is then wrong with it, or Changed if nothing is."""
    month, taken = month_of(now), meter.taken(cost.price)
    values: Item = {":no": False, ":sent": cost.messages, ":month": month}
    setting, conditions = [], ["suspended = :no"]
    if meter.month == month:
        setting.append("month_count = month_count + :sent")
        conditions.append("#month = :month")
        if meter.plan.monthly_messages is not None:
            conditions.append("month_count <= :room")
            values[":room"] = meter.plan.monthly_messages - cost.messages
    else:
        setting += ["#month = :month", "month_count = :sent"]
        conditions.append("#month < :month")
    for name, amount in (("credits", taken.credits), ("micro_usd", taken.micro_usd)):
        if amount:
            setting.append(f"{name} = {name} - :{name}")
            conditions.append(f"{name} >= :{name}")
            values[f":{name}"] = amount
    return _update(table, meter.account, setting, conditions, values, refused=_refusal(meter.account, cost, now))


def change_balances_write(table: Table, account: str, amount: Price) -> Write:
    """Add to the balances, or take from them where negative; they may fall below zero: this never refuses a debt."""
    return _update(
        table,
        account,
        ["credits = credits + :credits", "micro_usd = micro_usd + :micro_usd"],
        ["attribute_exists(pk)"],
        {":credits": amount.credits, ":micro_usd": amount.micro_usd},
        refused=lambda _: Changed(),
    )


def _update(
    table: Table, account: str, setting: list[str], conditions: list[str], values: Item, *, refused: Any
) -> Write:
    update: Item = {
        "TableName": table.name,
        "Key": key_of(account),
        "UpdateExpression": "SET " + ", ".join(setting),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": values,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if ":month" in values:
        update["ExpressionAttributeNames"] = {"#month": "month"}
    return Write({"Update": update}, refused)


def _refusal(account: str, cost: Cost, now: int) -> Any:
    def refused(item: Item | None) -> Exception:
        try:
            if item is not None:
                check_meter(meter_of(account, item), cost, now)
        except RoostError as error:
            return error
        return Changed()

    return refused


def plan_item(plan: Plan) -> Item:
    """A list of features: an empty set cannot be stored."""
    return {**asdict(plan), "features": sorted(plan.features)}


def plan_of(item: Item) -> Plan:
    known = {name: item[name] for name in Plan.__dataclass_fields__ if name in item}
    return Plan(**{**known, "features": frozenset(Feature(name) for name in item["features"])})


def meter_of(account: str, item: Item) -> Meter:
    known = {name: item[name] for name in Meter.__dataclass_fields__ if name in item}
    return Meter(**{**known, "account": account, "plan": plan_of(item["plan"])})
