"""The account's SMS8 key is an API key under an id of its own; a new one takes the place of the former at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from roost.domain.api_keys import ApiKey
from roost.domain.key_limits import KeyUse, new_slots
from roost.storage.api_keys import KeyRecord, put_api_key, record_key, secret_item, secret_key
from roost.storage.items import Item
from roost.storage.transactions import Changed, Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def put_account_key(table: Table, former: KeyRecord | None, key: ApiKey, now: int, *others: Write) -> None:
    """One transaction: the former secret is gone, the new one lives, the counters stay. Raises Changed if somebody else
    was faster, and what `others` say."""
    if former is None:
        put_api_key(table, key, KeyUse(new_slots(key.limits.per_minute)), *others)
        return
    place = {**record_key(key.account, key.id), "secret_hash": key.secret_hash, "retiring": {}}
    gone = [
        Write({"Delete": {"TableName": table.name, "Key": secret_key(secret)}}, lambda _: Changed())
        for secret in former.living(now)
    ]
    unchanged = {":former": former.secret_hash}
    commit(
        table,
        _put(table, place, "secret_hash = :former", unchanged),
        _put(table, secret_item(key), "attribute_not_exists(pk)"),
        *gone,
        *others,
    )


def _put(table: Table, item: Item, condition: str, values: Item | None = None) -> Write:
    request: dict[str, Any] = {"TableName": table.name, "Item": item, "ConditionExpression": condition}
    if values:
        request["ExpressionAttributeValues"] = values
    return Write({"Put": request}, lambda _: Changed())
