"""API keys by the hash of their secret; listed by account through a keys-only index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.api_keys import ApiKey, Scope
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(secret_hash: str) -> dict[str, str]:
    return {"pk": f"K#{secret_hash}", "sk": "key"}


def put_api_key(table: Table, api_key: ApiKey) -> None:
    conditionally(table.put_item, Item=to_item(api_key), ConditionExpression="attribute_not_exists(pk)")


def to_item(api_key: ApiKey) -> Item:
    return compact(
        {
            **key_of(api_key.secret_hash),
            "account": api_key.account,
            "id": api_key.id,
            "name": api_key.name,
            "secret_hash": api_key.secret_hash,
            "hint": api_key.hint,
            "scopes": {scope.value for scope in api_key.scopes},
            "created_at": f"{api_key.created_at:016d}",
            "expires_at": api_key.expires_at,
            "revoked_at": api_key.revoked_at,
        }
    )


def find_api_key(table: Table, secret_hash: str) -> ApiKey | None:
    """Read consistently: a key revoked a moment ago must not work once more."""
    answer = table.get_item(Key=key_of(secret_hash), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def list_api_keys(table: Table, account: str) -> list[ApiKey]:
    """All keys of an account, revoked ones too, oldest first."""
    listed = all_items(table, IndexName="by_account", KeyConditionExpression=Key("account").eq(account))
    keys = (find_api_key(table, item["pk"].removeprefix("K#")) for item in listed)
    return [key for key in keys if key is not None]


def revoke_api_key(table: Table, api_key: ApiKey, now: int) -> None:
    """Revoking twice keeps the first time."""
    try:
        conditionally(
            table.update_item,
            Key=key_of(api_key.secret_hash),
            UpdateExpression="SET revoked_at = :now",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(revoked_at)",
            ExpressionAttributeValues={":now": now},
        )
    except ConditionFailed:
        return


def _from_item(item: Item) -> ApiKey:
    return ApiKey(
        account=item["account"],
        id=item["id"],
        name=item["name"],
        secret_hash=item["secret_hash"],
        hint=item["hint"],
        scopes=frozenset(Scope(scope) for scope in item["scopes"]),
        created_at=int(item["created_at"]),
        expires_at=item.get("expires_at"),
        revoked_at=item.get("revoked_at"),
    )
