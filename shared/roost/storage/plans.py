"""The plans of this deployment: an owner's own list, of no account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.plans import UNLIMITED, Plan
from roost.storage.items import native
from roost.storage.meters import plan_item, plan_of
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def put_plan(table: Table, plan: Plan) -> None:
    table.put_item(Item={"pk": "PLANS", "sk": f"plan#{plan.name}", **plan_item(plan)})


def get_plan(table: Table, name: str) -> Plan | None:
    if name == UNLIMITED.name:
        return UNLIMITED
    item = table.get_item(Key={"pk": "PLANS", "sk": f"plan#{name}"}, ConsistentRead=True).get("Item")
    return plan_of(native(item)) if item else None


def list_plans(table: Table) -> list[Plan]:
    """By name, the built-in one first."""
    items = all_items(table, KeyConditionExpression=Key("pk").eq("PLANS"), ConsistentRead=True)
    return [UNLIMITED, *(plan_of(item) for item in items)]
