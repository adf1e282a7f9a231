"""Every item of every table: for the owner at a terminal, who keeps, erases and migrates. Nothing deployed reads so."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from roost.runtime.deps import Deps
from roost.storage.items import Item

NO_TABLE = frozenset({"now", "entropy", "sleep"})


def tables_of(deps: Deps) -> dict[str, Any]:
    """Table by its field of Deps."""
    return {field.name: getattr(deps, field.name) for field in fields(deps) if field.name not in NO_TABLE}


def walk(table: Any) -> Iterator[Item]:
    """A scan: it reads the whole table once, at half a read unit for 4 KB."""
    answer = table.scan(ConsistentRead=False)
    yield from answer["Items"]
    while "LastEvaluatedKey" in answer:
        answer = table.scan(ExclusiveStartKey=answer["LastEvaluatedKey"])
        yield from answer["Items"]


def belongs_to(item: Mapping[str, Any], account: str) -> bool:
    """By its partition, which names the account; by itself where the partition is a secret's hash or a minute."""
    pk, sk = str(item["pk"]), str(item["sk"])
    if item.get("account") == account or (pk, sk) == ("ACCOUNTS", account):
        return True
    if pk.startswith("CHECK#"):
        return sk.split("#")[1:2] == [account]
    return pk.split("#")[:2] in (["A", account], ["U", account])


def key_of(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"pk": item["pk"], "sk": item["sk"]}


def typed(item: Item) -> dict[str, Any]:
    """As JSON that keeps sets, bytes and exact numbers: DynamoDB's own spelling."""
    return {name: _plain(TypeSerializer().serialize(value)) for name, value in item.items()}


def untyped(item: Mapping[str, Any]) -> Item:
    """Inverse of `typed`."""
    return {name: TypeDeserializer().deserialize(_from_plain(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    [(kind, content)] = value.items()
    if kind == "B":
        return {kind: base64.b64encode(bytes(content)).decode()}
    if kind == "M":
        return {kind: {name: _plain(member) for name, member in content.items()}}
    return {kind: [_plain(member) for member in content]} if kind == "L" else value


def _from_plain(value: Any) -> Any:
    [(kind, content)] = value.items()
    if kind == "B":
        return {kind: base64.b64decode(content)}
    if kind == "M":
        return {kind: {name: _from_plain(member) for name, member in content.items()}}
    return {kind: [_from_plain(member) for member in content]} if kind == "L" else value
