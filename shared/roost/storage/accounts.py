"""Accounts: one item each, and one partition that lists them, so that the owner's list needs no scan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.accounts import Account
from roost.storage.conditional import ConditionFailed
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items
from roost.storage.transactions import Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

EVERY_ACCOUNT = "ACCOUNTS"
"""Belongs to no account, and is read by nothing that serves requests."""


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "account"}


def put_new_account(table: Table, account: Account) -> None:
    """Raises ConditionFailed if the id is taken."""
    item = compact({**key_of(account.id), **asdict(account), "email": account.email or None})
    commit(table, _put_new(table, item), _put_new(table, {"pk": EVERY_ACCOUNT, "sk": account.id}))


def get_account(table: Table, account: str) -> Account | None:
    item = table.get_item(Key=key_of(account)).get("Item")
    if item is None:
        return None
    known = {name: native(item[name]) for name in Account.__dataclass_fields__ if name in item}
    return Account(**known)


def account_ids(table: Table) -> Iterator[str]:
    """In no useful order."""
    for listed in all_items(table, KeyConditionExpression=Key("pk").eq(EVERY_ACCOUNT)):
        yield listed["sk"]


def list_accounts(table: Table) -> Iterator[Account]:
    for account_id in account_ids(table):
        account = get_account(table, account_id)
        if account is not None:
            yield account


def _put_new(table: Table, item: Item) -> Write:
    put = {"TableName": table.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    return Write({"Put": put}, ConditionFailed)
