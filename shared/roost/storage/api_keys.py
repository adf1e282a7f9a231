"""API keys: an item per living secret, found by its hash, and one record per key that names its secrets.

Every secret of a key carries the key's settings, so that one read authenticates. Whatever changes a key reads the
record, which an index could show too late, and changes all its secrets in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.api_keys import ApiKey, Scope
from roost.domain.instants import DAY
from roost.domain.key_limits import KeyLimits, KeyUse
from roost.storage.items import Item, compact, native
from roost.storage.key_use import new_use_write
from roost.storage.pages import all_items
from roost.storage.transactions import Changed, Write, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """Which secrets a key has: the hash of the current one, and until when (ms) those work that it replaced."""

    account: str
    id: str
    secret_hash: str
    retiring: Mapping[str, int]

    def living(self, now: int) -> list[str]:
        return [self.secret_hash, *(secret for secret, end in self.retiring.items() if now < end)]


def secret_key(secret_hash: str) -> dict[str, str]:
    return {"pk": f"K#{secret_hash}", "sk": "key"}


def record_key(account: str, key_id: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"key#{key_id}"}


def put_api_key(table: Table, api_key: ApiKey, use: KeyUse, *others: Write) -> None:
    """A new key: its secret, its record, its counters. Raises Changed if any of them exists, and what `others` say."""
    record = {**record_key(api_key.account, api_key.id), "secret_hash": api_key.secret_hash, "retiring": {}}
    new = "attribute_not_exists(pk)"
    commit(
        table,
        _put(table, secret_item(api_key), new),
        _put(table, record, new),
        new_use_write(table, api_key.account, api_key.id, use),
        *others,
    )


def find_api_key(table: Table, secret_hash: str) -> ApiKey | None:
    """Read consistently: a key revoked a moment ago must not work once more."""
    answer = table.get_item(Key=secret_key(secret_hash), ConsistentRead=True)
    return _key_of(native(answer["Item"])) if "Item" in answer else None


def find_record(table: Table, account: str, key_id: str) -> KeyRecord | None:
    item = table.get_item(Key=record_key(account, key_id), ConsistentRead=True).get("Item")
    return _record_of(account, native(item)) if item else None


def list_api_keys(table: Table, account: str) -> list[ApiKey]:
    """All keys of an account with their current secrets, revoked ones too, oldest first."""
    found = (find_api_key(table, record.secret_hash) for record in list_records(table, account))
    return sorted((key for key in found if key is not None), key=lambda key: (key.created_at, key.id))


def list_records(table: Table, account: str) -> list[KeyRecord]:
    of_account = Key("pk").eq(f"A#{account}") & Key("sk").begins_with("key#")
    items = all_items(table, KeyConditionExpression=of_account, ConsistentRead=True)
    return [_record_of(account, item) for item in items]


def change_secrets(table: Table, record: KeyRecord, now: int, changes: Mapping[str, Any], *others: Write) -> None:
    """Set attributes of all secrets of a key that still work; None removes one. Raises Changed if the key was rotated
    or revoked meanwhile, and what `others` say."""
    writes = [_change_write(table, secret, changes) for secret in record.living(now)]
    commit(table, *writes, _unchanged(table, record), *others)


def put_next_secret(
    table: Table, record: KeyRecord, former: ApiKey, following: ApiKey, now: int, *others: Write
) -> None:
    """Replace the current secret. `former.retires_at`: until when it still works. Raises Changed if somebody else
    changed the key first."""
    end = former.retires_at or 0
    retiring = {secret: until for secret, until in record.retiring.items() if until > now}
    if end > now:
        retiring[former.secret_hash] = end
        retired = _change_write(table, former.secret_hash, {"retires_at": end, "ttl": (end + DAY) // 1_000})
    else:
        retired = Write({"Delete": _on_living(table, former.secret_hash)}, lambda _: Changed())
    moved = {
        **_on_record(table, record),
        "UpdateExpression": "SET secret_hash = :next, retiring = :retiring",
        "ExpressionAttributeValues": {
            ":hash": record.secret_hash,
            ":next": following.secret_hash,
            ":retiring": retiring,
        },
    }
    put = _put(table, secret_item(following), "attribute_not_exists(pk)")
    commit(table, put, retired, Write({"Update": moved}, lambda _: Changed()), *others)


def secret_item(api_key: ApiKey) -> Item:
    return compact(
        {
            **secret_key(api_key.secret_hash),
            **asdict(api_key),
            "scopes": {scope.value for scope in api_key.scopes},
            "limits": limits_item(api_key.limits),
            "metered": api_key.metered or None,
        }
    )


def limits_item(limits: KeyLimits) -> Item | None:
    return compact({**asdict(limits), "addresses": list(limits.addresses)}) or None


def _put(table: Table, item: Item, condition: str) -> Write:
    return Write(
        {"Put": {"TableName": table.name, "Item": item, "ConditionExpression": condition}}, lambda _: Changed()
    )


def _change_write(table: Table, secret_hash: str, changes: Mapping[str, Any]) -> Write:
    setting = ", ".join(f"#{name} = :{name}" for name, value in changes.items() if value is not None)
    removing = ", ".join(f"#{name}" for name, value in changes.items() if value is None)
    update = {
        **_on_living(table, secret_hash),
        "UpdateExpression": (f"SET {setting}" if setting else "") + (f" REMOVE {removing}" if removing else ""),
        "ExpressionAttributeNames": {f"#{name}": name for name in changes},
    }
    values = {f":{name}": value for name, value in changes.items() if value is not None}
    return Write({"Update": update | ({"ExpressionAttributeValues": values} if values else {})}, lambda _: Changed())


def _on_living(table: Table, secret_hash: str) -> Item:
    return {
        "TableName": table.name,
        "Key": secret_key(secret_hash),
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(revoked_at)",
    }


def _on_record(table: Table, record: KeyRecord) -> Item:
    return {
        "TableName": table.name,
        "Key": record_key(record.account, record.id),
        "ConditionExpression": "secret_hash = :hash",
        "ExpressionAttributeValues": {":hash": record.secret_hash},
    }


def _unchanged(table: Table, record: KeyRecord) -> Write:
    return Write({"ConditionCheck": _on_record(table, record)}, lambda _: Changed())


def _record_of(account: str, item: Item) -> KeyRecord:
    return KeyRecord(account, item["sk"].removeprefix("key#"), item["secret_hash"], item.get("retiring", {}))


def _key_of(item: Item) -> ApiKey:
    limits = item.get("limits", {})
    known = {name: item[name] for name in ApiKey.__dataclass_fields__ if name in item}
    known["scopes"] = frozenset(Scope(scope) for scope in item["scopes"])
    known["limits"] = KeyLimits(**{**limits, "addresses": tuple(limits.get("addresses", ()))})
    return ApiKey(**known)
