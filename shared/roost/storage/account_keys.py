"""Which API key is an account's SMS8 key: one item beside the keys, in no index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from roost.domain.account_keys import AccountKey
from roost.domain.api_keys import ApiKey
from roost.storage.api_keys import key_of, to_item
from roost.storage.items import Item, native
from roost.storage.transactions import Write, WriteConflict, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def _place_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "account_key"}


def get_account_key(table: Table, account: str) -> AccountKey | None:
    item: Item | None = native(table.get_item(Key=_place_of(account), ConsistentRead=True).get("Item"))
    return AccountKey(account, item["key_id"], item["secret_hash"], item["salt"]) if item else None


def replace_account_key(table: Table, former: AccountKey | None, key: AccountKey, api_key: ApiKey, now: int) -> None:
    """The new key lives and the former is dead from one instant on. Raises WriteConflict if another was faster."""
    place = {**_place_of(key.account), "key_id": key.key_id, "secret_hash": key.secret_hash, "salt": key.salt}
    if former is None:
        writes = [_put(table, place, "attribute_not_exists(pk)")]
    else:
        unchanged = ("secret_hash = :former", {":former": former.secret_hash})
        writes = [_put(table, place, *unchanged), _revoke(table, former.secret_hash, now)]
    commit(table, *writes, _put(table, to_item(api_key), "attribute_not_exists(pk)"))


def _put(table: Table, item: Item, condition: str, values: Item | None = None) -> Write:
    request: dict[str, Any] = {"TableName": table.name, "Item": item, "ConditionExpression": condition}
    if values:
        request["ExpressionAttributeValues"] = values
    return Write({"Put": request}, lambda _: WriteConflict())


def _revoke(table: Table, secret_hash: str, now: int) -> Write:
    """Revoked by hand before, it keeps that time."""
    request = {
        "TableName": table.name,
        "Key": key_of(secret_hash),
        "UpdateExpression": "SET revoked_at = if_not_exists(revoked_at, :now)",
        "ExpressionAttributeValues": {":now": now},
    }
    return Write({"Update": request}, lambda _: WriteConflict())
