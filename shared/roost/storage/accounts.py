"""Accounts: one item each."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.accounts import Account
from roost.storage.conditional import conditionally
from roost.storage.items import native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "account"}


def put_new_account(table: Table, account: Account) -> None:
    """Raises ConditionFailed if the id is taken."""
    conditionally(
        table.put_item, Item={**key_of(account.id), **asdict(account)}, ConditionExpression="attribute_not_exists(pk)"
    )


def get_account(table: Table, account: str) -> Account | None:
    item = table.get_item(Key=key_of(account)).get("Item")
    return Account(**{name: native(item[name]) for name in Account.__dataclass_fields__}) if item else None
