"""The names of an account's own contact fields, so that a text with a misspelt one can be refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "contact-fields"}


def field_names(table: Table, account: str) -> frozenset[str]:
    """Every name that a contact of the account ever had."""
    item = table.get_item(Key=key_of(account), ConsistentRead=True).get("Item", {})
    return frozenset(str(name) for name in item.get("names", ()))  # type: ignore[union-attr]


def learn_fields(table: Table, account: str, names: Iterable[str]) -> None:
    """A read unit when all are known, nothing without names."""
    wanted = set(names)
    new = wanted - field_names(table, account) if wanted else wanted
    if new:
        table.update_item(
            Key=key_of(account),
            UpdateExpression="ADD #names :new",
            ExpressionAttributeNames={"#names": "names"},
            ExpressionAttributeValues={":new": new},
        )
