"""Attributes of one item changed by name, if the item is still as expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def change_attributes(
    table: Table, key: Item, changes: Mapping[str, Any], expect: Mapping[str, Any] | None = None
) -> Item | None:
    """Set attributes of an item that exists, a None removes its attribute; the item as it then is.

    None when it is gone or an attribute of `expect` has another value (None there: it must be absent).
    """
    expected = expect or {}
    setting = [f"#{name} = :{name}" for name, value in changes.items() if value is not None]
    removing = [f"#{name}" for name, value in changes.items() if value is None]
    clauses = [f"SET {', '.join(setting)}" if setting else "", f"REMOVE {', '.join(removing)}" if removing else ""]
    conditions = [
        f"attribute_not_exists(#{name})" if value is None else f"#{name} = :was_{name}"
        for name, value in expected.items()
    ]
    values = {f":{name}": value for name, value in changes.items() if value is not None}
    values |= {f":was_{name}": value for name, value in expected.items() if value is not None}
    names = {f"#{name}": name for name in (*changes, *expected)}
    return updated_if(table, key, " AND ".join(["attribute_exists(pk)", *conditions]), " ".join(clauses), names, values)


def updated_if(table: Table, key: Item, condition: str, expression: str, names: Item, values: Item) -> Item | None:
    """The item as the update leaves it; None when the condition does not hold. `names`, `values`: what the two
    expressions say, as DynamoDB takes them."""
    try:
        return conditionally(
            table.update_item,
            Key=key,
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ReturnValues="ALL_NEW",
            **({"ExpressionAttributeValues": values} if values else {}),
        )
    except ConditionFailed:
        return None
